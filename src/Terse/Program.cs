using System.CommandLine;

var root = new RootCommand("Terse: a URL shortener that one command starts and that grows to a fleet.");
return await root.Parse(args).InvokeAsync();
