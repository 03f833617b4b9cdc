using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Tests.Integration.Campaigns;

public sealed class ShardCodecTests
{
    private const int LastIndex = ShardState.Capacity - 1;

    private static readonly DateTimeOffset s_first = new(2020, 1, 1, 0, 0, 0, 1, TimeSpan.Zero);

    private static Gen<DateTimeOffset> Times =>
        from high in Gen.Choose(0, (1 << 20) - 1)
        from low in Gen.Choose(0, (1 << 20) - 2)
        select s_first.AddMilliseconds(((long)high << 20) | (uint)low);

    private static Gen<FailureReason?> Reasons => Gen.Elements<FailureReason?>([null, .. Enum.GetValues<FailureReason>()]);

    private static Gen<int> Shorts => Gen.Frequency((1, Gen.Elements(0, 1, 255, 256, ushort.MaxValue)), (1, Gen.Choose(0, ushort.MaxValue)));

    private static Gen<RecipientState> States =>
        from attempts in Shorts
        from before in Shorts
        from phase in Gen.Elements(Enum.GetValues<RecipientPhase>())
        from unconfirmed in Reasons
        from reason in Reasons
        from code in Shorts
        from one in Gen.Choose(0, 15)
        from few in Gen.Choose(0, 15)
        from at in Times
        from due in Times
        from isDue in Gen.Elements(true, false)
        select new RecipientState
        {
            Attempts = attempts,
            AttemptsBefore = before,
            Phase = phase,
            Unconfirmed = unconfirmed,
            Reason = reason,
            Code = code,
            BouncesAllowingOne = one,
            BouncesAllowingFew = few,
            At = at,
            Due = isDue ? due : null,
        };

    private static Gen<RecipientEvent> Events =>
        from index in Gen.Choose(0, LastIndex)
        from kind in Gen.Elements(Enum.GetValues<RecipientEventKind>())
        from attempt in Shorts
        from finding in Findings
        from reason in Reasons
        from until in Times
        from isUntil in Gen.Elements(true, false)
        select RecipientEvent.Restore(index, kind, attempt, finding, finding is null ? reason : null, isUntil ? until : null);

    private static Gen<AttemptFinding?> Findings =>
        from isThere in Gen.Elements(true, false)
        from outcome in Gen.Elements(Enum.GetValues<AttemptOutcome>())
        from reason in Reasons
        from final in Gen.Elements(true, false)
        from code in Gen.Choose(0, ushort.MaxValue)
        from text in Gen.Elements<string?>(null, "", "2000: No Error", "\u00e9\ud83d\ude00\n\"")
        select isThere ? new AttemptFinding(outcome, reason, final, code is 0 ? null : $"{code}", text, s_first) : null;

    [Fact]
    public void States_are_read_as_they_were_written() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(States.NonEmptyListOf().ToArbitrary(), states =>
        {
            var segment = ShardCodec.Unpack(ShardCodec.Pack(new ShardSegment([.. states])));
            return segment.Recipients.SequenceEqual(states.ToArray()) && segment.Counts == StatusCounts.Of(states.ToArray());
        }));

    [Fact]
    public void Events_are_read_as_they_were_written() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Events.ListOf().ToArbitrary(), events =>
        {
            var texts = new List<string>();
            var packed = ShardCodec.Pack([.. events], text =>
            {
                if (text is null) return 0;
                texts.Add(text);
                return texts.Count;
            });
            return ShardCodec.Unpack(packed, texts, s_first).SequenceEqual(events);
        }));

    [Fact]
    public void Bytes_that_are_cut_off_or_of_another_format_are_not_taken_for_states()
    {
        var packed = ShardCodec.Pack(ShardState.Start(1000, s_first).Segments[0]);

        Assert.Throws<InvalidDataException>(() => ShardCodec.Unpack(packed.AsSpan(0, packed.Length - 1)));
        Assert.Throws<InvalidDataException>(() => ShardCodec.Unpack([]));
        packed[0]++;
        Assert.Throws<InvalidDataException>(() => ShardCodec.Unpack(packed));
    }
}
