using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Local.Tables;

/// <summary>Signs every try anew with "Shared Key Lite", whose date must be of the last quarter of an hour.</summary>
internal sealed class SharedKeyPolicy(TableSharedKeyCredential credential, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var date = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        message.Request.Headers.SetValue("x-ms-date", date);
        message.Request.Headers.SetValue("Authorization", Authorization(date, message.Request.Uri.ToUri()));
    }

    /// <summary>
    /// The signed text is the date and the resource: the account's name and the path as it is sent, which for an emulator holds
    /// the name once more. Of the query only <c>comp</c> counts, and nothing here uses that.
    /// </summary>
    private string Authorization(string date, Uri uri) =>
        $"SharedKeyLite {credential.AccountName}:{credential.Sign($"{date}\n/{credential.AccountName}{uri.AbsolutePath}")}";
}
