using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Serverless.Calendar;
using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Delivery;
using Serverless.Due;
using Serverless.Idempotency;
using Serverless.Messages;
using Serverless.Settings;
using Serverless.Storage;

namespace Serverless;

/// <summary>Registers what the functions share. Wrong settings stop the host when it starts, and say which they are.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>The tables. A registered <see cref="StorageTransport"/> takes the place of the network.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddValidatedOptions<StorageOptions>(StorageOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => TableRegistry.Connect(provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetService<StorageTransport>()?.Transport));
        return services.AddSingleton<TableRegistry>().AddSingleton<TextCipher>().AddSingleton<IdempotencyTable>();
    }

    /// <summary>What falls due.</summary>
    public static IServiceCollection AddDue(this IServiceCollection services) => services.AddSingleton<DueTable>().AddSingleton<DueDispatcher>();

    /// <summary>What is known of people and numbers.</summary>
    public static IServiceCollection AddContacts(this IServiceCollection services)
    {
        services.AddSingleton<NumberTable>().AddSingleton<ContactTable>().AddSingleton<ContactEditor>();
        services.AddSingleton<FailureRecords>().AddSingleton<OptOuts>().AddSingleton<IDueHandler>(provider => provider.GetRequiredService<OptOuts>());
        return services.AddSingleton<IDueHandler>(provider => provider.GetRequiredService<ContactEditor>());
    }

    /// <summary>The threads with contacts, and what comes in.</summary>
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddSingleton<ThreadTable>().AddSingleton<IContactCleanup>(provider => provider.GetRequiredService<ThreadTable>());
        services.AddSingleton<IncomingTextTable>().AddSingleton<DroppedTextTable>().AddSingleton<DocumentTable>();
        return services.AddSingleton<FirstTexts>().AddSingleton<KeywordReplies>().AddSingleton<IncomingDecisions>().AddSingleton<IncomingKeeper>().AddSingleton<IncomingIntake>().AddSingleton<ThreadReader>();
    }

    /// <summary>Whether and as whom the organisation texts.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services) =>
        services.AddValidatedOptions<OrganisationOptions>(OrganisationOptions.Section).AddSingleton<TextMessagingSettings>().AddSingleton<SendingSettings>().AddSingleton<UserSettings>();

    /// <summary>Single texts. A registered <see cref="CarrierTransport"/> takes the place of the network to the carrier.</summary>
    public static IServiceCollection AddMessages(this IServiceCollection services)
    {
        services.AddValidatedOptions<SmsOptions>(SmsOptions.Section);
        services.AddValidatedOptions<DeliveryOptions>(DeliveryOptions.Section);
        services.AddValidatedOptions<ResendOptions>(ResendOptions.Section);
        services.AddSingleton<MessageTable>().AddSingleton<MessageLogTable>().AddSingleton<SendWindowTable>().AddSingleton<RateLimiter>().AddSingleton<AppealTable>();
        services.AddSingleton<CarrierHealth>().AddSingleton<ISmsGateway>(provider => ActivatorUtilities.CreateInstance<AzureSmsGateway>(provider));
        services.AddSingleton<ISmsOptOutList>(provider => ActivatorUtilities.CreateInstance<AzureSmsOptOutList>(provider));
        services.AddSingleton<MessageDispatcher>().AddSingleton<IDueHandler>(provider => provider.GetRequiredService<MessageDispatcher>());
        return services.AddSingleton<MessageSender>();
    }

    /// <summary>Delivery reports.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton<UnmatchedReportTable>().AddSingleton<ReportIntake>();
        return services.AddSingleton<IDueHandler>(provider => provider.GetRequiredService<ReportIntake>());
    }

    /// <summary>Campaigns.</summary>
    public static IServiceCollection AddCampaigns(this IServiceCollection services)
    {
        services.AddValidatedOptions<CampaignOptions>(CampaignOptions.Section);
        services.AddSingleton<CampaignTable>().AddSingleton<RecipientTable>().AddSingleton<ShardTable>();
        services.AddSingleton<CampaignRecipients>().AddSingleton<RecipientStory>();
        services.AddSingleton<CampaignUploads>().AddSingleton<RecipientPacker>().AddSingleton<CampaignEstimates>();
        services.AddSingleton<CampaignPauses>().AddSingleton<CampaignPlanner>().AddSingleton<CampaignRequeue>().AddSingleton<CampaignReports>();
        return services.AddSingleton<OverdueReports>().AddSingleton<CarrierCalls>().AddSingleton<ShardSender>();
    }

    /// <summary>Calendar events, and the texts about them.</summary>
    public static IServiceCollection AddCalendar(this IServiceCollection services)
    {
        services.AddSingleton<EventTable>().AddSingleton<EventIndexTable>().AddSingleton<NotificationLogTable>().AddSingleton<NotificationTexts>();
        services.AddSingleton<InvitationTable>().AddSingleton<IContactCleanup>(provider => provider.GetRequiredService<InvitationTable>());
        services.AddSingleton<IInvitations, Invitations>().AddSingleton<ReminderSchedule>();
        services.AddSingleton<CalendarEvents>().AddSingleton<IDueHandler>(provider => provider.GetRequiredService<CalendarEvents>());
        services.AddSingleton<ReminderSettings>().AddSingleton<IDueHandler>(provider => provider.GetRequiredService<ReminderSettings>());
        return services.AddSingleton<IDueHandler>(provider => ActivatorUtilities.CreateInstance<ReminderHandler>(provider));
    }

    private static IServiceCollection AddValidatedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}

