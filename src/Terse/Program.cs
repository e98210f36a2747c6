using System.CommandLine;
using Terse.Hosting;

// The command line's own limit after SIGTERM is 2 seconds; a drain may take as long as its options say, at most a quarter of an hour.
return await TerseCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(16) });
