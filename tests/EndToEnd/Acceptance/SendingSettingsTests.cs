namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>When campaigns that go wrong are paused by themselves, as it is set.</summary>
[Collection(PatientSystem.Group)]
public sealed class SendingSettingsTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;

    [Fact]
    public async Task B_10_The_limits_are_off_until_they_are_set_and_can_be_turned_off_again()
    {
        Assert.Null(await LimitsAsync());

        // Far away, so that no campaign of another test meets them.
        var limits = new PauseWhenBody(1_000_000, 0.5);
        Assert.Equal(limits, (await PutAsync(new { pauseWhen = limits })).As<SendingBody>().PauseWhen);
        Assert.Equal(limits, await LimitsAsync());

        Assert.Null((await PutAsync("""{"pauseWhen":null}""")).As<SendingBody>().PauseWhen);
        Assert.Null(await LimitsAsync());
    }

    [Theory]
    [InlineData("{}", 422, "missing_field", "pauseWhen")]
    [InlineData("""{"pauseWhen":{}}""", 422, "invalid_pause_when", "pauseWhen.settled", "pauseWhen.failedShare")]
    [InlineData("""{"pauseWhen":{"settled":0,"failedShare":0.5}}""", 422, "invalid_pause_when", "pauseWhen.settled")]
    [InlineData("""{"pauseWhen":{"settled":1,"failedShare":0}}""", 422, "invalid_pause_when", "pauseWhen.failedShare")]
    [InlineData("""{"pauseWhen":{"settled":1,"failedShare":1.01}}""", 422, "invalid_pause_when", "pauseWhen.failedShare")]
    [InlineData("""{"pauseWhen":{"settled":1,"failedShare":-1}}""", 422, "invalid_pause_when", "pauseWhen.failedShare")]
    [InlineData("""{"pauseWhen":{"settled":1.5,"failedShare":0.5}}""", 400, "wrong_type", "pauseWhen.settled")]
    [InlineData("""{"pauseWhen":{"settled":"20","failedShare":0.5}}""", 400, "wrong_type", "pauseWhen.settled")]
    [InlineData("""{"pauseWhen":{"settled":20,"failedShare":"NaN"}}""", 400, "wrong_type", "pauseWhen.failedShare")]
    [InlineData("""{"pauseWhen":true}""", 400, "wrong_type", "pauseWhen")]
    [InlineData("""{"pauseWhen":null,"pause":1}""", 400, "unknown_field", "pause")]
    [InlineData("", 400, "malformed_json")]
    public async Task Bad_limits_are_refused(string body, int status, string code, params string[] fields)
    {
        (await PutAsync(body)).IsProblem(status, code, fields);

        Assert.Null(await LimitsAsync());
    }

    [Fact]
    public async Task A_field_of_the_limits_that_is_unknown_is_refused()
    {
        (await PutAsync("""{"pauseWhen":{"settled":20,"failedShare":0.5,"failedshare":0.4}}""")).Is(400);

        Assert.Null(await LimitsAsync());
    }

    private async Task<PauseWhenBody?> LimitsAsync() => (await _client.GetAsync("settings/sending")).As<SendingBody>().PauseWhen;

    private Task<Answer> PutAsync(object body) => _client.CallAsync(HttpMethod.Put, "settings/sending", body);
}
