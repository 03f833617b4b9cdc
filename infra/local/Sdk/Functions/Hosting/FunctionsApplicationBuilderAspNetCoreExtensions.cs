using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Local.Functions;

/// <summary>ASP.NET Core types in HTTP functions.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>
    /// Lets HTTP functions take an <see cref="Microsoft.AspNetCore.Http.HttpRequest"/> and return an <see cref="Microsoft.AspNetCore.Http.IResult"/>
    /// or <see cref="Microsoft.AspNetCore.Mvc.IActionResult"/>. Middleware added before this call does not see the HTTP context. An app with
    /// HTTP functions needs it; a second call changes nothing.
    /// </summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        if (builder.HasWebApplication) return builder;
        builder.HasWebApplication = true;
        builder.Services.AddMvcCore();
        builder.UseMiddleware<HttpResultMiddleware>();
        return builder;
    }
}
