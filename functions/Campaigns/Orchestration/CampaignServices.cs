using Microsoft.Extensions.DependencyInjection;
using Serverless.Due;

namespace Serverless.Campaigns;

internal static class CampaignServices
{
    /// <summary>What ties campaigns to their orchestrations.</summary>
    public static IServiceCollection AddCampaignOrchestrations(this IServiceCollection services)
    {
        services.AddSingleton<CampaignOrchestrations>().AddSingleton<ICampaignWaker>(provider => provider.GetRequiredService<CampaignOrchestrations>());
        return services.AddSingleton<CampaignActions>().AddSingleton<IDueHandler>(provider => provider.GetRequiredService<CampaignActions>());
    }
}
