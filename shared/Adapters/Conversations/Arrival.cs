using Serverless.Contacts;

namespace Serverless.Conversations;

/// <summary>An incoming text with what can be told of it without storage.</summary>
/// <param name="Text">As it came.</param>
/// <param name="From">Who wrote; null when it is no number that we can text.</param>
/// <param name="To">To which of our numbers; null when neither the carrier nor the settings say.</param>
/// <param name="Words">The words, as far as they are kept.</param>
/// <param name="Keyword">What they are.</param>
internal sealed record Arrival(IncomingText Text, PhoneNumber? From, PhoneNumber? To, string Words, Keyword Keyword)
{
    private const int MaxWords = 8000; // a property holds 32 Ki characters, and encrypted a word may take four for each

    /// <summary>What it says to an invitation; null when it is no answer.</summary>
    public bool? Says => Keyword switch { Keyword.Yes => true, Keyword.No => false, _ => null };

    /// <summary>Whether we act upon it by ourselves, so that nobody has to read it.</summary>
    public bool IsForUs => Keyword is Keyword.Stop or Keyword.Start or Keyword.Help;

    /// <summary>How it is shown in a list.</summary>
    public string Preview => Words.Length > 0 ? Words : string.Join(", ", Text.Files.Select(file => file.Name));

    /// <param name="text">As it came.</param>
    /// <param name="ours">Our number, where the carrier names none that can be read.</param>
    public static Arrival Of(IncomingText text, PhoneNumber? ours) => new(
        text,
        PhoneNumber.TryParse(text.From, out var from) ? from : null,
        PhoneNumber.TryParse(text.To, out var to) ? to : ours,
        ThreadPreview.Of(text.Text, MaxWords),
        Keywords.Read(text.Text));
}
