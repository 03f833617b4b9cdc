using System.Runtime.CompilerServices;
using Serverless.Contacts;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>Finds the numbers of rows that name contacts.</summary>
internal static class UploadContacts
{
    private const int RowsAtOnce = 256;

    /// <summary>The rows in their order; none of them is an <see cref="UploadedRow.OfContact"/> any more.</summary>
    public static async IAsyncEnumerable<UploadedRow> WithContactsAsync(
        this IAsyncEnumerable<UploadedRow> rows,
        ContactTable contacts,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var few in rows.Chunk(RowsAtOnce).WithCancellation(cancellationToken))
        {
            var ids = few.OfType<UploadedRow.OfContact>().Select(row => row.ContactId).Distinct().ToList();
            var found = ids.Zip(await contacts.FindAllAsync(ids, cancellationToken)).ToDictionary(pair => pair.First, pair => pair.Second);
            foreach (var row in few) yield return row is UploadedRow.OfContact named ? VerdictOn(named, found[named.ContactId]) : row;
        }
    }

    private static UploadedRow VerdictOn(UploadedRow.OfContact row, Contact? contact) => (contact, row.Number) switch
    {
        (null, _) => Rejected(row, Problems.ContactNotFound("contactId")),
        ({ TextingNumber: { } texting }, null) => new UploadedRow.Good(row.Row, texting, row.Fields),
        (_, null) => Rejected(row, Problems.NoTextingNumber("contactId")),
        (_, { } number) when contact.Numbers.Any(own => own.Number == number) => new UploadedRow.Good(row.Row, number, row.Fields),
        _ => Rejected(row, new FieldError("to", "number_not_of_contact", "The contact has no such number.")),
    };

    private static UploadedRow.Rejected Rejected(UploadedRow.OfContact row, FieldError error) => new(row.Row, row.To, error.Code, error.Detail);
}
