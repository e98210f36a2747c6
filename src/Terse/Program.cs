using Terse.Hosting;

return await TerseCommand.Create().Parse(args).InvokeAsync();
