namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>What a text costs, told before it is sent.</summary>
[Collection(PatientSystem.Group)]
public sealed class EstimateTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;

    public static TheoryData<string, string, int, int, int> Texts => new()
    {
        { new string('a', 160), "GSM-7", 160, 1, 160 },
        { new string('a', 161), "GSM-7", 161, 2, 153 },
        { new string('a', 158) + "€", "GSM-7", 160, 1, 160 },
        { new string('a', 159) + "€", "GSM-7", 161, 2, 153 },
        { new string('é', 160), "GSM-7", 160, 1, 160 },
        { new string('ж', 70), "UCS-2", 70, 1, 70 },
        { new string('ж', 71), "UCS-2", 71, 2, 67 },
        { new string('ж', 68) + "👍", "UCS-2", 70, 1, 70 },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task B_2_The_segments_of_a_text_are_known_before_and_agree_with_those_of_the_sent_one(string text, string encoding, int characters, int segments, int perSegment)
    {
        var estimate = await EstimateAsync(text);

        Assert.Equal((encoding, characters, segments, perSegment), (estimate.Encoding, estimate.Characters, estimate.Segments, estimate.PerSegment));
        var sent = await _client.SendAsync(_client.Number("0100"), text);
        Assert.Equal((encoding, segments), (sent.Encoding, sent.Segments));
    }

    [Fact]
    public async Task B_2_The_characters_that_are_to_blame_are_named_with_their_places_and_a_cheaper_spelling_is_given()
    {
        var estimate = await EstimateAsync("We’ll see “you” at 👍 5");

        Assert.Equal("UCS-2", estimate.Encoding);
        Assert.Equal([new("’", 2), new("“", 10), new("”", 14), new("👍", 19)], estimate.Culprits);
        Assert.Null(estimate.Suggestion); // nothing can be said in place of the hand
        Assert.Equal("We'll see \"you\"", (await EstimateAsync("We’ll see “you”")).Suggestion);
    }

    [Fact]
    public async Task B_2_A_plain_text_has_nobody_to_blame()
    {
        var estimate = await EstimateAsync("Hello");

        Assert.Equal(("GSM-7", 5, 1, null), (estimate.Encoding, estimate.Characters, estimate.Segments, estimate.Suggestion));
        Assert.Empty(estimate.Culprits);
    }

    private async Task<EstimateBody> EstimateAsync(string text) => (await _client.PostAsync("messages/estimate", new { text })).As<EstimateBody>();
}
