namespace Serverless.Delivery;

/// <summary>What one thing is called in each vocabulary.</summary>
internal sealed record Labels(string Standard, string Office, string Sales, string Marketing, string School)
{
    public string In(Vocabulary vocabulary) => vocabulary switch
    {
        Vocabulary.Standard => Standard,
        Vocabulary.Office => Office,
        Vocabulary.Sales => Sales,
        Vocabulary.Marketing => Marketing,
        Vocabulary.School => School,
        _ => throw new ArgumentOutOfRangeException(nameof(vocabulary), vocabulary, "No such vocabulary."),
    };
}
