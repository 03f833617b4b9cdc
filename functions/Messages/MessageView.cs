using Serverless.Delivery;

namespace Serverless.Messages;

/// <summary>A text, as callers see it, in the words of a vocabulary.</summary>
internal sealed record MessageView
{
    /// <summary>No vocabulary has a word for it: statuses are about texts that the organisation sends.</summary>
    private const string Received = "Received";

    public required string Id { get; init; }

    public required string Direction { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required string? ContactId { get; init; }

    public required string Text { get; init; }

    public required IReadOnlyList<Attachment> Attachments { get; init; }

    public required MessageStatus Status { get; init; }

    public required string Label { get; init; }

    public required Tone Tone { get; init; }

    public required ReasonView? Reason { get; init; }

    public required string? Reference { get; init; }

    public required string Encoding { get; init; }

    public required int Segments { get; init; }

    public required IReadOnlyList<AttemptView> Attempts { get; init; }

    public required DateTimeOffset? NextAttemptAt { get; init; }

    public required DateTimeOffset? SendAt { get; init; }

    public required DateTimeOffset? ValidUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static MessageView Of(Message message, Vocabulary vocabulary)
    {
        var (state, text) = (message.State, SmsText.Of(message.Text));
        return new MessageView
        {
            Id = message.Id.Value,
            Direction = message.Direction is MessageDirection.Outgoing ? "outgoing" : "incoming",
            From = message.From.Value,
            To = message.To.Value,
            ContactId = message.ContactId,
            Text = message.Text,
            Attachments = message.Attachments,
            Status = state.Status,
            Label = message.Direction is MessageDirection.Incoming ? Received : Vocabularies.Label(state.Status, vocabulary),
            Tone = Vocabularies.Tone(state.Status),
            Reason = state.Reason is { } reason ? ReasonView.Of(reason, state.Status, vocabulary) : null,
            Reference = message.Reference,
            Encoding = text.Encoding.Name(),
            Segments = text.Segments,
            Attempts = [.. state.Attempts.Select(AttemptView.Of)],
            NextAttemptAt = state.NextAttemptAt,
            SendAt = state.SendAt,
            ValidUntil = state.ValidUntil,
            CreatedAt = state.CreatedAt,
            UpdatedAt = message.UpdatedAt,
        };
    }
}

/// <summary>Why, in the words of a vocabulary.</summary>
internal sealed record ReasonView(FailureReason Code, string Label, string Advice)
{
    public static ReasonView Of(FailureReason reason, MessageStatus status, Vocabulary vocabulary) =>
        new(reason, Vocabularies.Label(reason, status, vocabulary), FailureReasons.AdviceOf(reason));
}

/// <summary>An attempt, with the carrier's own words, which appear nowhere else.</summary>
internal sealed record AttemptView(int Number, DateTimeOffset At, AttemptOutcome? Outcome, string? CarrierCode, string? CarrierText, string? CarrierMessageId)
{
    public static AttemptView Of(MessageAttempt attempt) =>
        new(attempt.Number, attempt.At, attempt.Finding?.Outcome, attempt.Finding?.CarrierCode, attempt.Finding?.CarrierText, attempt.CarrierMessageId);
}

/// <summary>The names of encodings in the API.</summary>
internal static class EncodingNames
{
    public static string Name(this SmsEncoding encoding) => encoding is SmsEncoding.Gsm7 ? "GSM-7" : "UCS-2";
}
