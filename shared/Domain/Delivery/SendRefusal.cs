namespace Serverless.Delivery;

/// <summary>Why the carrier did not take a text, or a whole call with texts.</summary>
/// <param name="Reason">The reason in our words.</param>
/// <param name="Code">The carrier's code as it came, to be shown and never to be decided on; null when there was no answer.</param>
public sealed record SendRefusal(FailureReason Reason, string? Code);
