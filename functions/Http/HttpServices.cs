using Microsoft.Extensions.DependencyInjection;
using Serverless.Calendar;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Http;

internal static class HttpServices
{
    /// <summary>What the HTTP functions share.</summary>
    public static IServiceCollection AddHttpApi(this IServiceCollection services)
    {
        services.AddSingleton<EventRequests>().AddSingleton<EventViews>();
        services.AddSingleton<ContactViews>();
        return services.AddSingleton<IdempotentRequests>().AddSingleton<MessageRequests>();
    }
}
