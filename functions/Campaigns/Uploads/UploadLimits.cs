namespace Serverless.Campaigns;

/// <summary>What one upload may hold.</summary>
internal static class UploadLimits
{
    /// <summary>Bytes of the body. The same as what the Functions host lets through; the server in the worker stops earlier when not told.</summary>
    public const long Body = 100 * 1024 * 1024;

    /// <summary>Rows without the header.</summary>
    public const int Rows = CampaignUploads.MaxRows;

    /// <summary>Bytes of a JSON element, characters of a CSV record. More than that is skipped, and never held.</summary>
    public const int Row = 64 * 1024;

    /// <summary>Characters of all names and values of one recipient.</summary>
    public const int Fields = 8_000;

    /// <summary>Characters of a rejected number that are told.</summary>
    public const int ShownTo = 64;
}
