using Microsoft.Extensions.Options;

namespace Terse.Codes;

internal static class CodesServices
{
    public static IServiceCollection AddCodes(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<CodesOptions>, CodesOptionsValidator>()
            .AddOptions<CodesOptions>().BindConfiguration(CodesOptions.Section).ValidateOnStart();
        return services
            .AddSingleton<IssuedCodes>()
            .AddSingleton<CodeGenerator>()
            .AddHostedService(provider => provider.GetRequiredService<CodeGenerator>());
    }
}
