using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Contacts;

/// <summary><c>POST /contacts</c>: makes a contact. Safe to repeat with an Idempotency-Key.</summary>
public sealed class CreateContactFunction(ContactTable contacts, ContactEditor editor, ContactViews views, IdempotentRequests requests, TimeProvider time)
{
    /// <summary>Called by the host.</summary>
    [Function("CreateContact")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "contacts")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var key = IdempotentRequests.KeyOf(request);
        var body = await request.ReadBodyAsync<ContactRequest>(cancellationToken);
        var errors = new List<FieldError>();
        var contact = body.ToContact(Guid.NewGuid().ToString("n"), time.GetUtcNow(), errors);
        if (errors.Count == 0) errors.AddRange(await ContactFunctions.MissingRelationsAsync(contacts, body, contact, cancellationToken));
        var creation = new IdempotentRequests.Creation(
            key,
            key is null ? "" : IdempotentRequests.Fingerprint("CreateContact", body),
            contact.Id,
            StatusCodes.Status201Created,
            id => $"/api/contacts/{id}",
            async (id, cancelled) => await BodyAsync(await editor.CreateAsync(contact with { Id = id }, cancelled), cancelled),
            async (id, cancelled) => await contacts.FindAsync(id, cancelled) is { Value: var found } ? await BodyAsync(found, cancelled) : null);
        // What was made once is not refused because a related contact has gone since.
        return errors.Count > 0
            ? await requests.FindAsync(creation, cancellationToken) ?? Problems.Refused(errors)
            : await requests.CreateAsync(creation, cancellationToken);
    }

    private async Task<string> BodyAsync(Contact contact, CancellationToken cancellationToken) =>
        JsonSerializer.Serialize(await views.OfAsync(contact, cancellationToken), ApiJson.Options);
}
