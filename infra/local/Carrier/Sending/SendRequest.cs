using System.Text.Json.Serialization;
using Serverless.Local.Carrier.Rules;

namespace Serverless.Local.Carrier.Sending;

/// <summary>The body of a send call, as lenient as the service: what it does not know it ignores.</summary>
internal sealed record SendRequest
{
    public string? From { get; init; }
    public IReadOnlyList<SendRecipient?>? SmsRecipients { get; init; }
    public string? Message { get; init; }
    public SendOptions? SmsSendOptions { get; init; }

    /// <summary>What is wrong, by field; empty when all is well. Single recipients are none of its business.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new Dictionary<string, string[]>();
        if (!CarrierNumber.IsSender(From)) errors["from"] = [From is null ? "The from field is required." : "Invalid From phone number format."];
        if (SmsRecipients is not { Count: >= 1 and <= 100 } || SmsRecipients.Any(each => each?.To is null))
        {
            errors["smsRecipients"] = ["From 1 to 100 recipients are required, each with a to field."];
        }
        if (Message is not { Length: >= 1 and <= 2048 }) errors["message"] = ["The message must have from 1 to 2048 characters."];
        if (SmsSendOptions is { EnableDeliveryReport: null }) errors["smsSendOptions.enableDeliveryReport"] = ["The enableDeliveryReport field is required."];
        return errors;
    }
}

internal sealed record SendRecipient
{
    public string? To { get; init; }
    public string? RepeatabilityRequestId { get; init; }
    public string? RepeatabilityFirstSent { get; init; }
}

internal sealed record SendOptions
{
    public bool? EnableDeliveryReport { get; init; }
    public string? Tag { get; init; }
}

/// <summary>What became of the recipients, in their order.</summary>
internal sealed record SendAnswer(IReadOnlyList<SendItem> Value);

internal sealed record SendItem
{
    public required string To { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MessageId { get; init; }

    public required int HttpStatusCode { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RepeatabilityResult { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorMessage { get; init; }

    public bool Successful => HttpStatusCode == 202;
}
