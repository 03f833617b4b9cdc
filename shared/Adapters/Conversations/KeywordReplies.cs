using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Conversations;

/// <summary>Answers keywords, where that is ours to do.</summary>
public sealed class KeywordReplies(NumberTable numbers, TextMessagingSettings settings, MessageSender sender, IOptions<SmsOptions> sms)
{
    /// <summary>Answers a keyword, unless the carrier does, or the person has opted out. Safe to repeat: it is answered once.</summary>
    /// <param name="keyword">What the person wrote.</param>
    /// <param name="to">Who it is.</param>
    /// <param name="towards">To which of our numbers; null when that is not known.</param>
    /// <param name="contactId">Which contact it is; null for none.</param>
    /// <param name="at">When it was written.</param>
    /// <param name="id">The carrier's id of what was written.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task ReplyAsync(Keyword keyword, PhoneNumber to, PhoneNumber? towards, string? contactId, DateTimeOffset at, string id, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(cancellationToken) is not { On: true, Number: { } from, Organisation: { } organisation, Contact: { } contact }) return;
        if (KeywordAnswers.Of(keyword, towards ?? from, sms.Value.CarrierAnswersKeywords, organisation, contact) is not { } reply) return;
        if (MessageDispatcher.Obstacle(await numbers.FindAsync(to, cancellationToken)) is not null) return;
        // Right behind the question, in whichever order the two are stored.
        await sender.AcceptAsync(new SendMessage(to, reply) { ContactId = contactId }, from, MessageId.Of(to, at.AddMilliseconds(1), id), cancellationToken);
    }
}
