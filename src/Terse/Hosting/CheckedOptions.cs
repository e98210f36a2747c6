using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Terse.Hosting;

/// <summary>Options that are read from the settings and held to the ranges that their attributes state, all of them when the program starts.</summary>
internal static class CheckedOptions
{
    public static OptionsBuilder<T> AddCheckedOptions<T>(this IServiceCollection services, string section)
        where T : class => services.CheckOptions<T>().BindConfiguration(section);

    /// <summary>For options that come from elsewhere than one section. May be called twice for the same options.</summary>
    public static OptionsBuilder<T> CheckOptions<T>(this IServiceCollection services)
        where T : class
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>, DeclaredRanges<T>>());
        return services.AddOptions<T>().ValidateOnStart();
    }

    /// <summary>What is wrong with some options, in the words of their attributes.</summary>
    public static ValidateOptionsResult Check<T>(T options)
        where T : class
    {
        List<ValidationResult> wrong = [];
        return Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(wrong.Select(result => result.ErrorMessage!));
    }

    /// <summary>Not the validators that <c>[OptionsValidator]</c> generates: those have words of their own for a range, which name a class and not the setting.</summary>
    private sealed class DeclaredRanges<T> : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) => Check(options);
    }
}
