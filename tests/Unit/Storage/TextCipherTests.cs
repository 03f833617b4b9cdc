using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Serverless.Storage;

namespace Serverless.Tests.Unit.Storage;

public sealed class TextCipherTests
{
    private const string Old = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const string New = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    [Fact]
    public void Any_text_is_read_as_it_was_written_with_a_key_and_without() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        foreach (var cipher in new[] { With(null), With(Old), With($"{New},{Old}") }) Assert.Equal(text, cipher.Reveal(cipher.Protect(text)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_file_is_read_as_it_was_written_with_a_key_and_without() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        var content = System.Text.Encoding.UTF8.GetBytes(text);
        foreach (var cipher in new[] { With(null), With(Old), With($"{New},{Old}") }) Assert.Equal(content, cipher.Reveal(cipher.Protect(content)));
        Assert.Equal(content, With($"{New},{Old}").Reveal(With(Old).Protect(content)));
        Assert.Equal(content, With(Old).Reveal(With(null).Protect(content)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_file_stored_under_a_key_tells_nothing() =>
        Assert.True(With(Old).Protect("See you at ten"u8).AsSpan().IndexOf("See you"u8) < 0);

    [Fact]
    public void What_is_stored_under_a_key_tells_nothing_not_even_that_two_texts_are_the_same()
    {
        var cipher = With(Old);

        var stored = cipher.Protect("See you at ten");

        // Shorter pieces come up by chance.
        Assert.DoesNotContain("See you", stored, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("See yo"u8), stored, StringComparison.Ordinal);
        Assert.NotEqual(stored, cipher.Protect("See you at ten"));
    }

    [Fact]
    public void Texts_from_before_the_key_was_set_can_be_read() => Assert.Equal("Hello", With(Old).Reveal(With(null).Protect("Hello")));

    [Fact]
    public void A_new_key_before_the_old_one_is_used_from_now_on_and_the_old_texts_can_be_read()
    {
        var changed = With($"{New},{Old}");

        Assert.Equal("Hello", changed.Reveal(With(Old).Protect("Hello")));
        Assert.Equal("Hello", With(New).Reveal(changed.Protect("Hello")));
    }

    [Fact]
    public void A_text_whose_key_is_gone_is_a_fault_and_not_a_text() =>
        Assert.Contains("Storage__TextKey", Assert.Throws<InvalidOperationException>(() => With(New).Reveal(With(Old).Protect("Hello"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_that_somebody_changed_is_a_fault()
    {
        var stored = With(Old).Protect("Pay 10 to A");
        var end = stored.Length - 6;

        Assert.ThrowsAny<CryptographicException>(() => With(Old).Reveal(stored[..end] + (stored[end] == 'A' ? 'B' : 'A') + stored[(end + 1)..]));
    }

    [Theory]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData(Old + ",AAAA")]
    public void A_key_that_is_none_stops_the_host(string key)
    {
        var options = new StorageOptions { ConnectionString = "UseDevelopmentStorage=true", TextKey = key };

        Assert.Contains(options.Validate(new(options)), error => error.MemberNames.Contains(nameof(StorageOptions.TextKey)));
    }

    private static Gen<string> Texts() => Gen.OneOf(
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get.Replace('\uD800', 'x')).Where(IsWhole),
        Gen.Elements("", "enc:", "enc:12345678:AAAA", "txt:", "txt:enc:", "Grüße 🎉"));

    /// <summary>Half a surrogate pair is no text, and comes from no JSON.</summary>
    private static bool IsWhole(string text) => !text.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar);

    private static TextCipher With(string? key) => new(Options.Create(new StorageOptions { TextKey = key }));
}
