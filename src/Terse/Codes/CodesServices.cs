using Terse.Hosting;

namespace Terse.Codes;

internal static class CodesServices
{
    /// <param name="makes">Whether this node makes codes. One that only follows them leases nothing.</param>
    public static IServiceCollection AddCodes(this IServiceCollection services, bool makes = true)
    {
        services.AddCheckedOptions<CodesOptions>(CodesOptions.Section);
        services.AddSingleton<IssuedCodes>();
        return !makes ? services.AddHostedService<CodeReading>() : services
            .AddSingleton<CodeGenerator>()
            .AddHostedService(provider => provider.GetRequiredService<CodeGenerator>());
    }
}
