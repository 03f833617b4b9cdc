using System.Text;
using Serverless.Http;
using static Serverless.Tests.Unit.Campaigns.Uploads;

namespace Serverless.Tests.Unit.Campaigns;

[CollectionDefinition(nameof(UploadMemoryTests), DisableParallelization = true)] // what other tests hold would be counted, too
[Collection(nameof(UploadMemoryTests))]
public sealed class UploadMemoryTests
{
    private const int Sent = 64 * 1024 * 1024;
    private const int MostHeld = 8 * 1024 * 1024;
    private const int BetweenLooks = 4 * 1024 * 1024;

    [Theory]
    [InlineData(Json, """{"recipients":[""", """{"to":"2125550123","fields":{"name":"NAME"}},""")]
    [InlineData(Json, """{"recipients":[{"fields":{"a":" """, "},{NAME")]
    [InlineData(Json, """{"recipients":[{"fields":""", """{"a":NAME""")]
    [InlineData(Csv, "to,name\n", "2125550123,NAME\n")]
    [InlineData(Csv, "to,name\n2125550123,\"", "2125550124,NAME\n")]
    [InlineData(Csv, "to,name\n", "NAME,")]
    public async Task Memory_stays_flat_however_much_comes(string type, string start, string again)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var looks = new List<long>();

        try
        {
            await foreach (var _ in RowsOf(type, new PiecewiseStream(Body(start, again, () => looks.Add(GC.GetTotalMemory(forceFullCollection: true) - before)))))
            {
            }
        }
        catch (ProblemException e) when (type == Json && e.Problem.Code == "malformed_json") // it has no end
        {
        }

        Assert.Equal(Sent / BetweenLooks, looks.Count);
        Assert.All(looks, held => Assert.InRange(held, long.MinValue, MostHeld));
    }

    private static IEnumerable<byte[]> Body(string start, string again, Action look)
    {
        yield return Encoding.UTF8.GetBytes(start);
        var piece = Encoding.UTF8.GetBytes(again.Replace("NAME", new string('n', 2_000), StringComparison.Ordinal));
        var untilLook = BetweenLooks;
        for (var sent = 0; sent < Sent; sent += piece.Length)
        {
            yield return piece;
            untilLook -= piece.Length;
            if (untilLook > 0) continue;
            look();
            untilLook += BetweenLooks;
        }
    }
}
