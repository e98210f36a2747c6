using Microsoft.AspNetCore.Components;
using Terse.ApiKeys;

namespace Terse.Admin.Screens;

/// <summary>What all pages of the dashboard share: the request, and what its key may do.</summary>
public abstract class ScreenBase : ComponentBase
{
    /// <summary>The request that the page answers.</summary>
    [CascadingParameter]
    public HttpContext Context { get; set; } = null!;

    /// <summary>Whether the signed-in key may change links.</summary>
    protected bool CanWrite => Context.User.Allows(ApiScopes.Write);

    /// <summary>Whether the signed-in key may change anything.</summary>
    protected bool IsAdmin => Context.User.Allows(ApiScopes.Admin);

    /// <summary>Ends when the visitor goes away.</summary>
    protected CancellationToken Cancellation => Context.RequestAborted;

    /// <summary>Reads what the page shows.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>Loads first and renders once: a page that is sent whole has no use for a rendering of half of it.</summary>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }
}
