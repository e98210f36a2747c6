namespace Terse.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void The_program_has_a_name() => Assert.Equal("terse", typeof(Program).Assembly.GetName().Name);
}
