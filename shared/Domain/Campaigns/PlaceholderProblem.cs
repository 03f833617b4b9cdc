namespace Serverless.Campaigns;

/// <summary>What is wrong with a placeholder of a campaign's text.</summary>
public enum PlaceholderProblem
{
    /// <summary>No "}}" follows the "{{".</summary>
    NotClosed = 1,

    /// <summary>Nothing, or only blanks, stands where the field's name belongs.</summary>
    NoName = 2,

    /// <summary>A brace stands inside it, so that it is not plain where it ends.</summary>
    BraceInside = 3,
}

/// <summary>A placeholder that cannot be read.</summary>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="At">Where its "{{" begins in the text, counted in UTF-16 code units from 0.</param>
public sealed record InvalidPlaceholder(PlaceholderProblem Problem, int At);
