using FsCheck;
using FsCheck.Fluent;
using Serverless.Local.Carrier.Rules;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Carrier;

public class SegmentsTests
{
    [Fact]
    public void The_carrier_and_the_app_count_the_same_segments()
    {
        var character = Gen.Elements("a", "€", "[", "é", "你", "😀", "\n", "~");
        var plain = Gen.Elements("a", "€", "[", "é", "\n", "~");
        var texts = Gen.OneOf(Gen.ListOf(character, 350), Gen.ListOf(plain, 350), Gen.ListOf(character), Gen.ListOf(plain)).Select(string.Concat)
            .SelectMany(text => Gen.Choose(1, Math.Max(1, text.Length)).Select(length => text[..Math.Min(length, text.Length)]))
            .Where(text => text.Length > 0 && !char.IsHighSurrogate(text[^1]));

        Prop.ForAll(Arb.From(texts), text => Segments.Count(text) == SmsText.Of(text).Segments)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }
}
