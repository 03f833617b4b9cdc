using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Contacts;

/// <summary>Contacts: found, looked at, replaced, deleted.</summary>
public sealed class ContactFunctions(ContactTable contacts, ContactEditor editor, ContactViews views, TimeProvider time)
{
    private const int MaxQuery = 200;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary><c>GET /contacts</c>: by name, or with <c>q</c> those that match all of its words, or digits of a number.</summary>
    [Function("ListContacts")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "contacts")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (limit, query, after) = (request.Limit(), request.Text("q"), After(request));
        if (query?.Length > MaxQuery) return Problems.InvalidParameter("q", $"At most {MaxQuery} characters.");
        var page = await contacts.ListAsync(query is null ? null : ContactSearch.TermsOf(query), after, limit, cancellationToken);
        return Answers.Ok(new ListPage<ContactView>(
            await views.OfAsync(page.Contacts, cancellationToken),
            page.Next is { } next ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next)) : null));
    }

    /// <summary><c>GET /contacts/{id}</c>.</summary>
    [Function("GetContact")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "contacts/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken) =>
        await contacts.FindAsync(id, cancellationToken) is { Value: var contact } ? Answers.Ok(await views.OfAsync(contact, cancellationToken)) : NotFound();

    /// <summary><c>PUT /contacts/{id}</c>: the contact is what the body says from then on. Safe to repeat.</summary>
    [Function("PutContact")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "contacts/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<ContactRequest>(cancellationToken);
        if (await contacts.FindAsync(id, cancellationToken) is null) return NotFound();
        var errors = new List<FieldError>();
        var wanted = body.ToContact(id, time.GetUtcNow(), errors);
        if (errors.Count == 0) errors.AddRange(await MissingRelationsAsync(contacts, body, wanted, cancellationToken));
        if (errors.Count > 0) return Problems.Refused(errors);
        return await editor.ReplaceAsync(wanted, cancellationToken) is { } replaced ? Answers.Ok(await views.OfAsync(replaced, cancellationToken)) : NotFound();
    }

    /// <summary><c>DELETE /contacts/{id}</c>: with all that has no place without it. Its texts stay.</summary>
    [Function("DeleteContact")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "contacts/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken) =>
        await editor.DeleteAsync(id, cancellationToken) ? TypedResults.NoContent() : NotFound();

    /// <summary>The errors for the related contacts that are not there.</summary>
    internal static async Task<IEnumerable<FieldError>> MissingRelationsAsync(ContactTable contacts, ContactRequest body, Contact wanted, CancellationToken cancellationToken)
    {
        var found = await contacts.FindAllAsync(wanted.RelatedTo, cancellationToken);
        return wanted.RelatedTo.Except(found.Select(contact => contact?.Id ?? "")).Select(body.NotThere);
    }

    private static Problem NotFound() => Problems.NotFound("contact");

    private static string? After(HttpRequest request)
    {
        if (request.Text("cursor") is not { } cursor) return null;
        try
        {
            if (s_utf8.GetString(Base64Url.DecodeFromChars(cursor)) is var place && ContactTable.IsPlace(place)) return place;
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
        }
        throw new ProblemException(Problems.InvalidCursor());
    }
}
