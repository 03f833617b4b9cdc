using Microsoft.Extensions.DependencyInjection;


namespace Serverless.Http;

internal static class HttpServices
{
    /// <summary>What the HTTP functions share.</summary>
    public static IServiceCollection AddHttpApi(this IServiceCollection services) => services.AddSingleton<IdempotentRequests>();
}
