using System.Runtime.CompilerServices;
using System.Text.Json;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>Reads recipients from <c>{"recipients":[…]}</c>, one element at a time.</summary>
internal sealed class JsonUpload
{
    private const string List = "recipients";
    private const int WindowLength = 2 * UploadLimits.Row; // an element, and room for what follows

    private static readonly byte[] s_upToList = """{"recipients":["""u8.ToArray();

    private readonly ByteWindow _window;

    private JsonUpload(Stream body) => _window = new ByteWindow(body, WindowLength);

    /// <summary>The rows as they come in.</summary>
    /// <exception cref="ProblemException">The upload as a whole cannot be read.</exception>
    public static async IAsyncEnumerable<UploadedRow> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var upload = new JsonUpload(body);
        await upload.ReadHeadAsync(cancellationToken);
        for (var (row, isLast) = (1, false); !isLast; row++)
        {
            var element = await upload.FindElementAsync(cancellationToken);
            isLast = upload.IsLast(element);
            if (isLast && row == 1 && upload.IsBlank(element)) break;
            if (row > UploadLimits.Rows) throw new ProblemException(Problems.TooManyRows(UploadLimits.Rows));
            var verdict = element.IsTooLong ? UploadVerdict.TooLong(row) : upload.Read(row, element.Length);
            upload._window.Skip(isLast ? element.Length : element.Length + 1);
            yield return verdict;
        }
        await upload.ReadTailAsync(cancellationToken);
    }

    private async ValueTask ReadHeadAsync(CancellationToken cancellationToken)
    {
        var isAtEnd = false;
        while (!IsPastHead(isAtEnd))
        {
            if (_window.IsFull) throw Malformed("Its start cannot be read.");
            isAtEnd = !await _window.FillAsync(cancellationToken);
        }
    }

    private bool IsPastHead(bool isAtEnd)
    {
        if (_window.Unread.Length < Utf8Mark.Length && !isAtEnd) return false;
        var mark = _window.Unread.StartsWith(Utf8Mark) ? Utf8Mark.Length : 0;
        var reader = new Utf8JsonReader(_window.Unread[mark..], isAtEnd, default);
        try
        {
            if (!reader.Read()) return false;
            if (reader.TokenType is not JsonTokenType.StartObject) throw Malformed("An object is expected.");
            if (!reader.Read()) return false;
            if (reader.TokenType is JsonTokenType.EndObject) throw new ProblemException(Problems.Refused([Problems.Missing(List)]));
            if (!reader.ValueTextEquals(List)) throw new ProblemException(Problems.UnknownField(reader.GetString()!));
            if (!reader.Read()) return false;
            if (reader.TokenType is not JsonTokenType.StartArray) throw new ProblemException(Problems.WrongType(List, "A list is expected."));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed("It cannot be read as JSON.");
        }
        _window.Skip(mark + (int)reader.BytesConsumed);
        return true;
    }

    /// <summary>Puts the end of the next element into the window, with the element before it unless that is too long.</summary>
    private async ValueTask<Element> FindElementAsync(CancellationToken cancellationToken)
    {
        var end = new JsonElementEnd();
        var (seen, isTooLong) = (0, false);
        while (true)
        {
            var found = end.Find(_window.Unread[seen..]);
            if (found >= 0) return new Element(seen + found, isTooLong || seen + found > UploadLimits.Row);
            seen = _window.Unread.Length;
            isTooLong |= seen > UploadLimits.Row;
            if (isTooLong)
            {
                _window.Skip(seen);
                seen = 0;
            }
            if (!await _window.FillAsync(cancellationToken)) throw Malformed("The list does not end.");
        }
    }

    private bool IsLast(Element element) => _window.Unread[element.Length] switch
    {
        (byte)']' => true,
        (byte)',' => false,
        _ => throw Malformed("A brace closes nothing."),
    };

    private bool IsBlank(Element element) => !element.IsTooLong && _window.Unread[..element.Length].IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private UploadedRow Read(int row, int length)
    {
        try
        {
            return JsonRecipient.Read(row, _window.Unread[..length]);
        }
        catch (JsonException)
        {
            throw Malformed($"It cannot be read as JSON from row {row} on.");
        }
    }

    /// <summary>Nothing may follow the list but the end of the object.</summary>
    private async ValueTask ReadTailAsync(CancellationToken cancellationToken)
    {
        while (await _window.FillAsync(cancellationToken))
        {
            if (_window.IsFull) throw Malformed("Too much follows the list.");
        }
        CheckTail([.. s_upToList, .. _window.Unread]);
    }

    private static void CheckTail(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is not JsonTokenType.PropertyName || reader.TokenStartIndex < s_upToList.Length) continue;
                throw reader.ValueTextEquals(List) ? Malformed("There are two lists.") : new ProblemException(Problems.UnknownField(reader.GetString()!));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed("What follows the list cannot be read as JSON.");
        }
    }

    private static ProblemException Malformed(string detail) => new(Problems.Malformed(detail));

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>An element, as far as it is in the window.</summary>
    private readonly record struct Element(int Length, bool IsTooLong);
}
