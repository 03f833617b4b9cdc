using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;

namespace Serverless.Tests.Unit.Contacts;

public class ContactSearchTests
{
    private static readonly Contact s_contact = Of("Zoë O’Brien-Łukasz Straße", "+16045550100", "+14165554004");

    [Theory]
    [InlineData("zoe")]
    [InlineData("ZOË")]
    [InlineData("zo")]
    [InlineData("o'brien")]
    [InlineData("obrien")]
    [InlineData("O’Bri")]
    [InlineData("lukasz")]
    [InlineData("brien-lukasz", false)]
    [InlineData("obrien-lukasz")]
    [InlineData("luk zoe")]
    [InlineData("strasse")]
    [InlineData("Zoe 0100")]
    [InlineData("zoe 604-555")]
    [InlineData("0100")]
    [InlineData("100")]
    [InlineData("604")]
    [InlineData("555")]
    [InlineData("555 40")]
    [InlineData("6045550100")]
    [InlineData("604.555.0100")]
    [InlineData("(604) 555-0100")]
    [InlineData("+1 604 555 0100")]
    [InlineData("+1 604 555")]
    [InlineData("tel:+1-604-555-0100")]
    [InlineData("\u202A+1 604\u00A0555\u00A00100\u202C")]
    [InlineData("brien", false)]
    [InlineData("oe", false)]
    [InlineData("zoe smith", false)]
    [InlineData("0101", false)]
    [InlineData("zoe 0101", false)]
    [InlineData("0100604", false)]
    public void What_is_typed_finds_by_beginnings_of_words_and_by_digits_that_stand_together(string typed, bool isFound = true) =>
        Assert.Equal(isFound, ContactSearch.Matches(ContactSearch.TermsOf(s_contact), ContactSearch.TermsOf(typed)));

    [Fact]
    public void What_another_word_begins_with_says_nothing_of_its_own() => Assert.Equal(["zoe", "anna"], ContactSearch.TermsOf("Zoë an zo anna ANNA z"));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("!?")]
    [InlineData("+")]
    [InlineData("+()-. ")]
    [InlineData("😀")]
    public void What_has_neither_a_letter_nor_a_digit_has_no_terms(string typed) => Assert.Empty(ContactSearch.TermsOf(typed));

    [Theory]
    [InlineData("山田 太郎", "太郎")]
    [InlineData("𠮷野家", "𠮷")]
    [InlineData("Ｗｉｄｅ", "wide")]
    [InlineData("Ελένη", "ελενη")]
    [InlineData("İpek Işık", "ipek isik")]
    [InlineData("कविता", "कवि")]
    [InlineData("2024 Intake", "2024")]
    public void Names_of_every_script_are_found(string name, string typed) =>
        Assert.True(ContactSearch.Matches(ContactSearch.TermsOf(Of(name)), ContactSearch.TermsOf(typed)));

    [Fact]
    public void Contacts_are_sorted_word_by_word_without_case_and_accents() => Assert.Equal(
        ["Ann", "ann b", "Ann-Bea", "Ánna", "anna b"],
        new[] { "anna b", "Ánna", "Ann-Bea", "ann b", "Ann" }.OrderBy(name => ContactSearch.SortKeyOf(Of(name)) + "!", StringComparer.Ordinal));

    [Fact]
    public void Whatever_the_name_its_terms_can_be_keys_and_find_it_and_so_does_each_beginning_of_one() => Prop.ForAll(Names().ToArbitrary(), name =>
    {
        var terms = ContactSearch.TermsOf(Of(name));
        var isKey = terms.Append(ContactSearch.SortKeyOf(Of(name))).All(term => term.Length <= 200 && term.IndexOfAny(['/', '\\', '#', '?', '!', '~']) < 0 && !term.Any(char.IsControl));
        return isKey && terms.All(term => term.Length > 0 && Enumerable.Range(1, term.Length)
            .Where(length => !char.IsHighSurrogate(term[length - 1]))
            .All(length => ContactSearch.TermsOf(term[..length]) is var typed && ContactSearch.Matches(terms, typed)));
    }).QuickCheckThrowOnFailure();

    private static Gen<string> Names() =>
        from parts in Gen.Elements("Ann", "ß", "É", "o'", "-", " ", "/", "?", "#", "\\", "~", "!", "😀", "𠮷", "ﬁ", "Ω", "ก็", "한국", "١٢", "7", "Å", "\u0301", "\u200D").ListOf()
        select string.Concat(parts);

    private static Contact Of(string name, params string[] numbers) => new()
    {
        Id = new string('a', 32),
        Name = name,
        Numbers = [.. numbers.Select((number, index) => new ContactNumber(PhoneNumber.Parse(number), null, index == 0))],
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
