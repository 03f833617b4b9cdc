using Microsoft.Extensions.DependencyInjection;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Http;

internal static class HttpServices
{
    /// <summary>What the HTTP functions share.</summary>
    public static IServiceCollection AddHttpApi(this IServiceCollection services) =>
        services.AddSingleton<IdempotentRequests>().AddSingleton<ContactViews>().AddSingleton<MessageRequests>();
}
