using System.Collections;
using System.Globalization;
using Azure;

namespace Serverless.Local.Tables;

/// <summary>A transaction failed, and none of its changes was made. Status and error code are those of the action that failed.</summary>
public class TableTransactionFailedException : RequestFailedException
{
    internal const string FailedIndexKey = "FailedEntity";

    /// <summary>A failed transaction, told from the failed request.</summary>
    /// <param name="requestFailedException">What the service answered.</param>
    public TableTransactionFailedException(RequestFailedException requestFailedException)
        : base(
            requestFailedException.Status,
            requestFailedException.Message,
            requestFailedException.ErrorCode,
            requestFailedException.InnerException)
    {
        foreach (DictionaryEntry entry in requestFailedException.Data) Data.Add(entry.Key, entry.Value);
        if (Data[FailedIndexKey] is string text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            FailedTransactionActionIndex = index;
    }

    /// <summary>The place, from 0, of the action that failed; null when the service did not say.</summary>
    public int? FailedTransactionActionIndex { get; }
}
