using Serverless.Local.Inspect;
using Serverless.Tests.EndToEnd.Acceptance;

namespace Serverless.Tests.EndToEnd;

[Collection(PatientSystem.Group)]
public sealed class InspectTests(PatientSystem system)
{
    [Fact]
    public async Task The_packed_rows_of_a_campaign_can_be_read_and_hold_no_whole_number()
    {
        var (arrives, bounces) = (system.Client.Number("0100"), system.Client.Number("4004"));
        var id = (await system.Client.PostAsync("campaigns", new { name = "Inspected", text = "Hello {{name}}" })).Is(201).Body.GetProperty("id").GetString()!;
        var recipients = new[] { new { to = arrives, fields = new { name = "Ann" } }, new { to = bounces, fields = new { name = "Bo" } } };
        (await system.Client.PostAsync($"campaigns/{id}/recipients", new { recipients })).Is(200);
        (await system.Client.PostAsync($"campaigns/{id}/start")).Is(202);
        await Eventually.GetAsync(async () => await system.Client.GetAsync($"campaigns/{id}") is var answer && answer.Body.GetProperty("status").GetString() == "Complete" ? answer : null);

        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await InspectCommand.RunAsync([id, "--connection-string", system.System.StorageConnectionString], output, errors);

        Assert.Equal((0, ""), (code, errors.ToString()));
        string[] said = ["Inspected", "Complete", "Shard 0: 2 recipients", "Delivered", "NumberUnknown", "Claimed attempt 1: 0-1", "Found attempt 1 HardBounce NumberUnknown 4004", "attempt 1, 2 recipients: 0-1", "fields name"];
        Assert.All(said, words => Assert.Contains(words, output.ToString()));
        Assert.DoesNotContain(arrives[^10..], output.ToString());
    }

    [Fact]
    public async Task A_campaign_that_is_not_there_is_said_so()
    {
        var errors = new StringWriter();
        var code = await InspectCommand.RunAsync(["nothing", "--connection-string", system.System.StorageConnectionString], TextWriter.Null, errors);
        Assert.Equal(1, code);
        Assert.Contains("no such campaign", errors.ToString());
    }

    [Theory]
    [InlineData]
    [InlineData("id", "--azurite-port")]
    [InlineData("id", "--azurite-port", "x")]
    [InlineData("id", "--other", "x")]
    public async Task A_command_that_makes_no_sense_gets_the_usage(params string[] args)
    {
        var errors = new StringWriter();
        Assert.Equal(1, await InspectCommand.RunAsync(args, TextWriter.Null, errors));
        Assert.Contains("Usage", errors.ToString());
    }

    [Theory]
    [InlineData("", new int[0])]
    [InlineData("5", new[] { 5 })]
    [InlineData("0-2, 5, 7-8", new[] { 8, 1, 0, 2, 7, 5 })]
    public void Neighbours_are_written_as_ranges(string expected, int[] indexes) => Assert.Equal(expected, CampaignInspector.Ranges(indexes));
}
