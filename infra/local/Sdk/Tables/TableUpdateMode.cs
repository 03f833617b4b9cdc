namespace Serverless.Local.Tables;

/// <summary>What becomes of the columns that an update does not name.</summary>
public enum TableUpdateMode
{
    /// <summary>They keep their values. A null does not delete a column.</summary>
    Merge = 0,

    /// <summary>They are removed.</summary>
    Replace = 1,
}
