using Microsoft.AspNetCore.Http;
using Serverless.Contacts;

namespace Serverless.Http;

/// <summary>Reads numbers out of addresses; whatever is wrong with one becomes a problem that names it.</summary>
internal static class NumberParameters
{
    /// <summary>A number in the path, in any spelling.</summary>
    /// <exception cref="ProblemException">It is none that can be texted.</exception>
    public static PhoneNumber Parse(string text) =>
        PhoneNumber.TryParse(text, out var number, out var problem)
            ? number
            : throw new ProblemException(Problems.Refused([Problems.InvalidNumber("number", problem)]));

    /// <summary>The cursor of a list in the order of numbers: the ten digits, as a plus sign that is not escaped would arrive as a space.</summary>
    public static string CursorOf(PhoneNumber number) => number.Value[2..];

    /// <summary>Behind which number a page of such a list begins; null for the first.</summary>
    /// <exception cref="ProblemException">It is no cursor of <see cref="CursorOf"/>.</exception>
    public static PhoneNumber? After(this HttpRequest request)
    {
        if (request.Text("cursor") is not { } cursor) return null;
        return PhoneNumber.TryParse(cursor, out var number) && CursorOf(number) == cursor ? number : throw new ProblemException(Problems.InvalidCursor());
    }
}
