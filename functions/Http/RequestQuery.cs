using System.Globalization;
using Microsoft.AspNetCore.Http;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Http;

/// <summary>Reads what stands behind the question mark; whatever is wrong with it becomes a problem that names it.</summary>
internal static class RequestQuery
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 1000;

    /// <summary>The vocabulary asked for.</summary>
    public static Vocabulary Vocabulary(this HttpRequest request) =>
        Vocabularies.TryParse(request.Query["vocabulary"], out var vocabulary)
            ? vocabulary
            : throw new ProblemException(Problems.InvalidParameter("vocabulary", "One of standard, office, sales, marketing, school."));

    /// <summary>How many items a page may hold.</summary>
    public static int Limit(this HttpRequest request)
    {
        if (request.Text("limit") is not { } text) return DefaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw new ProblemException(Problems.InvalidParameter("limit", $"A number from 1 to {MaxLimit}."));
    }

    /// <summary>Behind which text a page begins; null for the first.</summary>
    public static MessageId? AfterMessage(this HttpRequest request)
    {
        if (request.Text("cursor") is not { } cursor) return null;
        return MessageId.TryParse(cursor, out var after) ? after : throw new ProblemException(Problems.InvalidCursor());
    }

    /// <summary>A time; null when none is given.</summary>
    public static DateTimeOffset? Time(this HttpRequest request, string name) => request.Text(name) switch
    {
        null => null,
        // A plus sign that was not escaped arrives as a space.
        var text when ApiJson.TryParseTime(text.Replace(' ', '+'), out var time) => time,
        _ => throw new ProblemException(Problems.InvalidParameter(name, "A time such as 2026-12-01T18:00:00Z.")),
    };

    /// <summary>A name of an enum; null when none is given.</summary>
    public static TEnum? Name<TEnum>(this HttpRequest request, string name)
        where TEnum : struct, Enum => request.Text(name) switch
        {
            null => null,
            var text when Enum.TryParse<TEnum>(text, ignoreCase: true, out var value) && Enum.GetNames<TEnum>().Contains(text, StringComparer.OrdinalIgnoreCase) => value,
            _ => throw new ProblemException(Problems.InvalidParameter(name, $"One of {string.Join(", ", Enum.GetNames<TEnum>())}.")),
        };

    /// <summary>Whether something is wanted; not when nothing is said.</summary>
    public static bool Flag(this HttpRequest request, string name) => request.Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new ProblemException(Problems.InvalidParameter(name, "Either true or false.")),
    };

    /// <summary>A text; null when none is given.</summary>
    public static string? Text(this HttpRequest request, string name) => request.Query[name].FirstOrDefault() is { Length: > 0 } text ? text : null;
}
