using Serverless.Http;

namespace Serverless.Conversations;

/// <summary>The body of a call that brings a text.</summary>
internal sealed record ReceiveTextRequest(
    string? Id = null,
    string? From = null,
    string? To = null,
    string? Text = null,
    IReadOnlyList<ReceiveTextRequest.AttachmentRequest?>? Attachments = null)
{
    /// <summary>Bytes of a body, files included, which base64 makes a third larger.</summary>
    public const int MaxBody = 12 * 1024 * 1024;

    private const int MaxId = 200;
    private const int MaxFrom = 100;
    private const int MaxFiles = 10;
    private const int MaxName = 255;

    /// <summary>The text; null with the errors when there is none to be understood.</summary>
    public IncomingText? ToText(DateTimeOffset now, out IReadOnlyList<FieldError> errors)
    {
        var found = new List<FieldError>();
        Require("id", Id, MaxId, found);
        Require("from", From, MaxFrom, found);
        if (string.IsNullOrEmpty(Text) && Attachments is null or []) found.Add(Problems.Missing("text"));
        var files = Files(found);
        errors = found;
        return found.Count == 0 ? new IncomingText(Id!, From!, To, Text ?? "", now) { Files = files } : null;
    }

    private List<IncomingFile> Files(List<FieldError> errors)
    {
        if (Attachments?.Count > MaxFiles) errors.Add(new FieldError("attachments", "too_many_attachments", $"At most {MaxFiles}."));
        var files = new List<IncomingFile>();
        foreach (var (file, i) in (Attachments ?? []).Take(MaxFiles).Select((file, i) => (file, i)))
        {
            Require($"attachments[{i}].name", file?.Name, MaxName, errors);
            Require($"attachments[{i}].contentType", file?.ContentType, MaxName, errors);
            if (file?.Content is not { } content) errors.Add(Problems.Missing($"attachments[{i}].content"));
            else if (!TryDecode(content, out var bytes)) errors.Add(new FieldError($"attachments[{i}].content", "invalid_content", "The bytes of the file in base64 are expected."));
            else files.Add(new IncomingFile(file.Name ?? "", file.ContentType ?? "", bytes));
        }
        return files;
    }

    private static void Require(string field, string? value, int atMost, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(value)) errors.Add(Problems.Missing(field));
        else if (value.Length > atMost) errors.Add(new FieldError(field, "too_long", $"At most {atMost} characters."));
    }

    private static bool TryDecode(string base64, out byte[] bytes)
    {
        bytes = new byte[base64.Length / 4 * 3 + 3];
        var isBase64 = Convert.TryFromBase64String(base64, bytes, out var length);
        bytes = bytes[..length];
        return isBase64;
    }

    /// <summary>A file; its content is in base64.</summary>
    internal sealed record AttachmentRequest(string? Name = null, string? ContentType = null, string? Content = null);
}
