using Serverless.Messages;

namespace Serverless.Delivery;

/// <summary>A vocabulary explained: every status and every reason, in the order of their numbers.</summary>
/// <param name="Vocabulary">The vocabulary's name, as <see cref="Vocabularies.TryParse"/> takes it.</param>
/// <param name="Statuses">One for each <see cref="MessageStatus"/>; labels may repeat.</param>
/// <param name="Reasons">One for each <see cref="FailureReason"/>; labels may repeat.</param>
public sealed record VocabularyDescription(string Vocabulary, IReadOnlyList<StatusDescription> Statuses, IReadOnlyList<ReasonDescription> Reasons);

/// <summary>A status explained.</summary>
/// <param name="Status">The status itself, which no vocabulary renames.</param>
/// <param name="Label">What the vocabulary calls it.</param>
/// <param name="Meaning">A sentence or two for a user.</param>
/// <param name="Tone">The colour it is shown in.</param>
/// <param name="Settled">Whether nothing more happens by itself.</param>
public sealed record StatusDescription(MessageStatus Status, string Label, string Meaning, Tone Tone, bool Settled);

/// <summary>A reason explained.</summary>
/// <param name="Code">The reason itself, which no vocabulary renames.</param>
/// <param name="Label">What the vocabulary calls it beside a status that is settled.</param>
/// <param name="Advice">What a user can do about it.</param>
/// <param name="Class">What follows from it.</param>
public sealed record ReasonDescription(FailureReason Code, string Label, string Advice, FailureClass Class);
