using System.Text.Json;

namespace Serverless.Local.Sms;

/// <summary>What became of one recipient of a send call. A refusal is a result, not an exception.</summary>
public class SmsSendResult
{
    private SmsSendResult(string to, string? messageId, int httpStatusCode, bool successful, string? errorMessage)
    {
        To = to;
        MessageId = messageId;
        HttpStatusCode = httpStatusCode;
        Successful = successful;
        ErrorMessage = errorMessage;
    }

    /// <summary>The recipient, as it was given.</summary>
    public string To { get; }

    /// <summary>The opaque id that the delivery report carries; only there when the text was taken.</summary>
    public string? MessageId { get; }

    /// <summary>202 when the text was taken, the reason of the refusal otherwise.</summary>
    public int HttpStatusCode { get; }

    /// <summary>Taken, which is not yet delivered.</summary>
    public bool Successful { get; }

    /// <summary>The service's words for a refusal; only there when it was one.</summary>
    public string? ErrorMessage { get; }

    internal static SmsSendResult Read(JsonElement item) => new(
        item.GetProperty("to").GetString() ?? "",
        OptionalText(item, "messageId"),
        item.GetProperty("httpStatusCode").GetInt32(),
        item.GetProperty("successful").GetBoolean(),
        OptionalText(item, "errorMessage"));

    private static string? OptionalText(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) ? value.GetString() : null;
}
