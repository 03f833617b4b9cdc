using Serverless.Contacts;
using Serverless.Local.Tables;

namespace Serverless.Tests.Integration.Contacts;

/// <summary>Looks at the rows that there are of contacts, past the code that writes them.</summary>
internal static class StoredContacts
{
    private static readonly string[] s_tables = ["ContactTerms", "ContactNumbers", "ContactRelations"];

    /// <summary>What is wrong: rows that are missing, rows that should not be, and what is not settled. Nothing, when all is as it should be.</summary>
    public static async Task<IReadOnlyList<string>> FlawsAsync(TableServiceClient service, string prefix)
    {
        var contacts = (await RowsAsync(service, prefix + "Contacts")).Select(ContactRow.Of).ToList();
        var wanted = contacts.Where(row => !row.IsDeleted).SelectMany(row => ContactIndex.EntriesOf(row.Contact).Select(entry => Describe(ContactIndex.RowOf(entry, row.Contact.Id)))).ToHashSet();
        var found = new HashSet<string>();
        foreach (var table in s_tables) found.UnionWith((await RowsAsync(service, prefix + table)).Select(Describe));
        var ids = contacts.Select(row => row.Contact.Id).ToHashSet();
        return
        [
            .. wanted.Except(found).Select(row => $"missing: {row}"),
            .. found.Except(wanted).Select(row => $"left over: {row}"),
            .. contacts.Where(row => !row.IsSettled || row.IsDeleted).Select(row => $"not settled: {row.Contact.Name}, deleted: {row.IsDeleted}"),
            .. contacts.Where(row => row.Contact.RelatedTo.Any(related => !ids.Contains(related))).Select(row => $"related to nobody: {row.Contact.Name}"),
        ];
    }

    public static async Task<IReadOnlyList<TableEntity>> RowsAsync(TableServiceClient service, string table)
    {
        try
        {
            return await service.GetTableClient(table).QueryAsync<TableEntity>().ToListAsync();
        }
        catch (Azure.RequestFailedException e) when (e.Status == 404)
        {
            return [];
        }
    }

    private static string Describe(TableEntity row) => $"{row.PartitionKey} {row.RowKey}";
}
