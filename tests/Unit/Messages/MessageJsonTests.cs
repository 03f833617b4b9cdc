using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Messages;

public sealed class MessageJsonTests
{
    [Fact]
    public void A_state_is_read_back_from_storage_as_it_was_written() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Story.Any, story =>
        story.Steps.All(step => Read(Write(step.After)).SameAs(step.After))));

    [Fact]
    public void A_state_read_back_takes_a_repeated_event_for_what_it_is() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Story.Any, story =>
    {
        foreach (var step in story.Steps)
        {
            var read = Read(Write(step.After));
            Assert.Same(read, story.After(read, step.Event));
        }
    }));

    [Fact]
    public void A_state_that_was_stored_before_can_still_be_read()
    {
        const string stored = """
            {
              "id": "text", "createdAt": "2026-03-02T09:00:00+00:00", "validUntil": "2026-03-02T12:00:00+00:00", "status": "Retrying", "reason": "HandsetUnreachable",
              "nextAttemptAt": "2026-03-02T09:02:00+00:00",
              "attempts": [
                {
                  "number": 1, "at": "2026-03-02T09:00:00+00:00", "carrierMessageId": "A",
                  "finding": { "outcome": "SoftBounce", "reason": "HandsetUnreachable", "carrierCode": "4006", "carrierText": "4006: Off", "at": "2026-03-02T09:01:00+00:00" }
                }
              ]
            }
            """;
        var report = new MessageEvent.Found(1, Failure(FailureReason.HandsetUnreachable, 1, code: "4006", text: "4006: Off"), "A");
        AssertSame(Accepted(validUntil: 180).After(Claimed(1), report), Read(stored));
    }

    private static string Write(MessageState state) => JsonSerializer.Serialize(state, MessageJson.Default.MessageState);

    private static MessageState Read(string json) => JsonSerializer.Deserialize(json, MessageJson.Default.MessageState)!;
}
