using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using Terse.ApiKeys;
using Terse.Links;

namespace Terse.Hosting;

/// <summary>The API's description at <c>/openapi/v1.json</c>, and a page to read and try it at <c>/docs</c>.</summary>
internal static class OpenApi
{
    public static IServiceCollection AddTerseOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Terse",
                Version = "v1",
                Description = "Short links: made, changed, listed and counted. Errors are RFC 9457 problem details with a stable type.",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            };
            document.Servers?.Clear();
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["apiKey"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyAuthentication.HeaderName },
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var policy = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().FirstOrDefault()?.Policy;
            if (policy is null) return Task.CompletedTask;
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("apiKey", context.Document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] },
            ];
            var closed = policy != ApiPolicies.Admin && !OwnLinks.Admits(context.Description.ActionDescriptor.EndpointMetadata) ? " Closed to keys with the scope own." : "";
            operation.Description = $"{operation.Description} Needs a key with the scope **{policy}**.{closed}".Trim();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(Lifetime) || context.JsonTypeInfo.Type == typeof(Lifetime?))
                schema.Type = JsonSchemaType.Integer | JsonSchemaType.String | (context.JsonTypeInfo.Type == typeof(Lifetime?) ? JsonSchemaType.Null : 0);
            return Task.CompletedTask;
        });
    });

    public static void MapTerseOpenApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference("/docs", scalar => scalar
            .WithTitle("Terse API")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .HideDeveloperTools()
            .DisableAgent());
    }
}
