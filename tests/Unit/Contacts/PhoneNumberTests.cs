using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;

namespace Serverless.Tests.Unit.Contacts;

public class PhoneNumberTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Theory]
    [InlineData("+16045550100")]
    [InlineData("16045550100")]
    [InlineData("6045550100")]
    [InlineData("+1 604 555-0100")]
    [InlineData("+1 (604) 555-0100")]
    [InlineData("(+1) 604 555 0100")]
    [InlineData("(604) 555-0100")]
    [InlineData("(604)555-0100")]
    [InlineData("604.555.0100")]
    [InlineData("604/555-0100")]
    [InlineData("604 555 01 00")]
    [InlineData("604 5550100")]
    [InlineData("1-604-555-0100")]
    [InlineData("1 (604) 555 – 0100")]
    [InlineData("tel:+16045550100")]
    [InlineData("TEL:+1-604-555-0100")]
    [InlineData("  +16045550100\t\r\n")]
    [InlineData("\u00A0+1\u00A0604\u202F555\u20110100")]
    [InlineData("604\u2010555\u20120100")]
    [InlineData("604\u2013555\u20140100")]
    [InlineData("604\u2212555\u22120100")]
    [InlineData("\u202A+1 (604) 555-0100\u202C")]
    [InlineData("\u200E6045550100\uFEFF")]
    public void The_usual_spellings_are_the_same_number(string text)
    {
        Assert.True(PhoneNumber.TryParse(text, out var number));
        Assert.Equal(PhoneNumber.Parse("+16045550100"), number);
        Assert.True(PhoneNumber.IsValid(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("+")]
    [InlineData("tel:")]
    [InlineData("call me")]
    [InlineData("604 555")]
    [InlineData("604 555-010")]
    [InlineData("+1 604 123")]
    [InlineData("+1 604 555-01000")]
    [InlineData("604 555-0100 x12")]
    [InlineData("604 555-0100 ext. 12")]
    [InlineData("604 555-0100;ext=12")]
    [InlineData("604 555-0100,12")]
    [InlineData("604 555-0100#12")]
    [InlineData("604 555-0100 / 604 555-0101")]
    [InlineData("604-FLOWERS")]
    [InlineData("1-604-555-O1OO")]
    [InlineData("*67 604 555 0100")]
    [InlineData("++16045550100")]
    [InlineData("604+5550100")]
    [InlineData("+ (604 555-0100")]
    [InlineData("604) 555-0100")]
    [InlineData("((604) 555-0100")]
    [InlineData("-6045550100")]
    [InlineData("6,045,550,100")]
    [InlineData("6 045 550 100")]
    [InlineData("60-45-55-01-00")]
    [InlineData("6045550100.0")]
    [InlineData("1604555010.0")]
    [InlineData("6.0455501E+09")]
    [InlineData("26045550100")]
    [InlineData("1604555010")]
    [InlineData("011 1 604 555 0100")]
    [InlineData("٦٠٤٥٥٥٠١٠٠")]
    [InlineData("６０４５５５０１００")]
    public void What_is_no_number_or_may_be_read_in_two_ways_is_invalid(string? text) => AssertProblem(NumberProblem.InvalidNumber, text);

    [Theory]
    [InlineData("+1 111 555 0100")] // an area code starts with 2 to 9
    [InlineData("+1 011 555 0100")]
    [InlineData("+1 411 234 0100")]
    [InlineData("+1 690 234 0100")]
    [InlineData("+1 370 234 0100")]
    [InlineData("+1 960 234 0100")]
    [InlineData("+1 999 234 0100")]
    [InlineData("+1 222 234 0100")] // not in use
    [InlineData("+1 604 155 0100")] // an exchange starts with 2 to 9
    [InlineData("+1 604 055 0100")]
    [InlineData("+1 604 911 0100")]
    [InlineData("+1 604 976 0100")] // premium
    [InlineData("+1 900 234 0100")]
    [InlineData("+1 604 555 1212")] // directory assistance
    [InlineData("+1 800 555 1212")]
    [InlineData("+1 500 234 0100")] // personal, of carriers, of the government, of machines
    [InlineData("+1 533 234 0100")]
    [InlineData("+1 700 234 0100")]
    [InlineData("+1 710 234 0100")]
    [InlineData("+1 600 234 0100")]
    [InlineData("+1 622 234 0100")]
    [InlineData("+1 876 155 0100")]
    public void A_number_that_nobody_can_have_is_invalid(string text) => AssertProblem(NumberProblem.InvalidNumber, text);

    [Theory]
    [InlineData("+44 20 7946 0958")]
    [InlineData("0044 20 7946 0958")]
    [InlineData("011 44 20 7946 0958")]
    [InlineData("+52 55 1234 5678")]
    [InlineData("+4712345678")]
    [InlineData("+299 123456")]
    [InlineData("+1 876 555 0100")]
    [InlineData("876-555-0100")]
    [InlineData("18765550100")]
    [InlineData("+1 340 234 0100")]
    [InlineData("+1 671 234 0100")]
    [InlineData("+1 809 234 0100")]
    public void A_number_of_another_country_is_unsupported(string text) => AssertProblem(NumberProblem.UnsupportedCountry, text);

    [Theory]
    [InlineData("+44 20 7")] // seven digits and less are no number anywhere
    [InlineData("+1234567890123456")]
    [InlineData("+4420794609581234")] // nor are sixteen and more
    [InlineData("+0 20 7946 0958")]
    [InlineData("0044 20")]
    [InlineData("44 20 7946 0958")] // without "+" nobody knows that 44 is a country
    public void A_plus_does_not_make_a_number(string text) => AssertProblem(NumberProblem.InvalidNumber, text);

    [Fact]
    public void Puerto_Rico_is_part_of_the_United_States() => Assert.Equal(Country.UnitedStates, PhoneNumber.Parse("+1 787 555 0100").Area.Country);

    [Fact]
    public void A_toll_free_number_may_have_an_exchange_that_services_have_elsewhere()
    {
        var number = PhoneNumber.Parse("1-800-411-7246");
        Assert.True(number.IsTollFree);
        Assert.False(PhoneNumber.Parse("+16045550100").IsTollFree);
    }

    [Fact]
    public void A_number_has_its_parts()
    {
        var number = PhoneNumber.Parse("(604) 555-0123");
        Assert.Equal(("+16045550123", "604", "555", "0123", "BC"), (number.Value, number.AreaCode, number.Exchange, number.Line, number.Area.Region));
    }

    [Fact]
    public void A_number_prints_with_only_its_last_two_digits()
    {
        var number = PhoneNumber.Parse("+16045550187");
        Assert.Equal("+*********87", number.Masked);
        Assert.Equal(number.Masked, number.ToString());
        Assert.Equal(number.Masked, $"{number}");
    }

    [Fact]
    public void What_cannot_be_parsed_throws_without_repeating_it()
    {
        var exception = Assert.Throws<FormatException>(() => PhoneNumber.Parse("604 555 010"));
        Assert.DoesNotContain("604", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_carries_the_bare_number()
    {
        var number = PhoneNumber.Parse("+16045550100");
        Assert.Equal("\\u002B16045550100", JsonSerializer.Serialize(number).Trim('"'));
        Assert.Equal(number, JsonSerializer.Deserialize<PhoneNumber>("\"(604) 555-0100\""));
        Assert.Null(JsonSerializer.Deserialize<PhoneNumber>("null"));
    }

    [Fact]
    public void Json_takes_a_number_as_a_key()
    {
        var names = new Dictionary<PhoneNumber, string> { [PhoneNumber.Parse("+16045550100")] = "Ann" };
        Assert.Equal(names, JsonSerializer.Deserialize<Dictionary<PhoneNumber, string>>(JsonSerializer.Serialize(names)));
    }

    [Theory]
    [InlineData("\"604\"")]
    [InlineData("6045550100")]
    [InlineData("{}")]
    public void Json_that_is_no_number_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PhoneNumber>(json));

    [Fact]
    public void Every_area_code_that_can_be_texted_makes_numbers() => Assert.All(AreaCode.All, area =>
    {
        var isNumber = PhoneNumber.TryParse($"+1{area.Code}5550100", out var number, out var problem);
        Assert.Equal(area.CanBeTexted, isNumber);
        if (isNumber) Assert.Equal(area, number!.Area);
        else Assert.Equal(NumberProblem.UnsupportedCountry, problem);
    });

    [Fact]
    public void However_a_number_is_written_it_is_the_same() => Check.One(Thorough, Prop.ForAll(Spellings.ToArbitrary(), spelling =>
    {
        Assert.True(PhoneNumber.TryParse(spelling.Text, out var number), spelling.Text);
        Assert.Equal(spelling.Value, number.Value);
        Assert.Equal(number, PhoneNumber.Parse(number.Value));
    }));

    [Fact]
    public void Whatever_is_typed_is_a_number_or_has_a_problem() => Check.One(Thorough, Prop.ForAll(Garbage.ToArbitrary(), text =>
    {
        var isNumber = PhoneNumber.TryParse(text, out var number, out var problem);
        Assert.Equal(isNumber, PhoneNumber.IsValid(text));
        Assert.Equal(isNumber, number is not null);
        if (isNumber) Assert.Matches(@"^\+1[2-9][0-9]{2}[2-9][0-9]{6}\z", number!.Value);
        else Assert.True(Enum.IsDefined(problem));
    }));

    [Fact]
    public void Checking_a_number_allocates_nothing() => Assert.Equal(0, Allocation.LeastOf(() => PhoneNumber.IsValid("+1 604 555-0100")));

    private static Gen<string> Digits(int count, int from = 0) => Gen.Choose(from, (int)Math.Pow(10, count) - 1).Select(n => n.ToString($"D{count}", CultureInfo.InvariantCulture));

    private static Gen<(string Text, string Value)> Spellings =>
        from area in Gen.Elements(AreaCode.All.Where(area => area.CanBeTexted).Select(area => area.Code))
        from exchange in Digits(3, 200).Where(digits => !digits.EndsWith("11", StringComparison.Ordinal) && digits is not ("976" or "555"))
        from line in Digits(4)
        from start in Gen.Elements("", " ", "tel:", "\u202A", "\uFEFF")
        from country in Gen.Elements("", "1", "+1", "1-", "+1 ", "1 ", "+1.", "(+1) ")
        from parentheses in Gen.Elements(true, false)
        from first in Gap
        from second in Gap
        from end in Gen.Elements("", " ", "\r\n", "\u202C")
        select ($"{start}{country}{(parentheses ? $"({area})" : area)}{first}{exchange}{second}{line}{end}", $"+1{area}{exchange}{line}");

    private static Gen<string> Gap => Gen.Elements("", " ", "-", ".", "/", " - ", "\u00A0", "\u2009", "\u2010", "\u2011", "\u2013", "\u2212", "  ");

    private static Gen<string> Garbage => Gen.OneOf(
        Gen.Elements("0123456789+-(). 1604555\u00A0x".ToCharArray()).ListOf().Select(string.Concat),
        Spellings.SelectMany(spelling => Gen.Choose(0, spelling.Text.Length - 1).Select(at => spelling.Text.Remove(at, 1))),
        Gen.Choose(0, char.MaxValue).Select(unit => (char)unit).ListOf().Select(string.Concat));

    private static void AssertProblem(NumberProblem expected, string? text)
    {
        Assert.False(PhoneNumber.TryParse(text, out var number, out var problem));
        Assert.Null(number);
        Assert.Equal(expected, problem);
        Assert.False(PhoneNumber.IsValid(text));
    }
}
