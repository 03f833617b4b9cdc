using Serverless.Contacts;

namespace Serverless.Tests.Unit.Contacts;

public class ContactTests
{
    private static readonly DateTimeOffset s_then = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_now = s_then.AddDays(1);
    private static readonly PhoneNumber s_home = PhoneNumber.Parse("+16045550100");
    private static readonly PhoneNumber s_mobile = PhoneNumber.Parse("+16045550101");

    private static readonly Contact s_ann = new()
    {
        Id = new string('a', 32),
        Name = "Ann",
        Numbers = [new ContactNumber(s_home, "home", false) { Since = s_then }, new ContactNumber(s_mobile, null, true) { Since = s_then }],
        CreatedAt = s_then,
        UpdatedAt = s_then,
    };

    [Fact]
    public void Texts_go_to_the_texting_number()
    {
        Assert.Equal(s_mobile, s_ann.TextingNumber);
        Assert.Null((s_ann with { Numbers = [] }).TextingNumber);
    }

    [Fact]
    public void Who_is_replaced_keeps_its_id_and_its_age_and_each_number_that_stays_its_own()
    {
        var fax = PhoneNumber.Parse("+16045550102");
        var wanted = s_ann with { Name = "Anna", Numbers = [New(s_mobile, false), New(fax, true)], CreatedAt = s_now, UpdatedAt = s_now };

        var anna = s_ann.ReplacedBy(wanted with { Id = new string('b', 32) }, s_now);

        Assert.Equal((s_ann.Id, "Anna", s_then, s_now), (anna.Id, anna.Name, anna.CreatedAt, anna.UpdatedAt));
        Assert.Equal([(s_mobile, s_then), (fax, s_now)], anna.Numbers.Select(number => (number.Number, number.Since)));
        Assert.Equal([s_home], anna.FormerNumbers);
    }

    [Fact]
    public void A_number_that_comes_back_is_a_former_one_no_more()
    {
        var without = s_ann.ReplacedBy(s_ann with { Numbers = [] }, s_now);
        Assert.Equal([s_home, s_mobile], without.FormerNumbers);

        var again = without.ReplacedBy(s_ann with { Numbers = [New(s_mobile, true)], FormerNumbers = [] }, s_now.AddDays(1));

        Assert.Equal([s_home], again.FormerNumbers);
        Assert.Equal(s_now.AddDays(1), again.Numbers.Single().Since);
    }

    [Fact]
    public void Of_former_numbers_the_newest_are_kept()
    {
        var contact = s_ann with { Numbers = [] };
        for (var i = 0; i < Contact.MaxFormerNumbers + 5; i++)
        {
            contact = contact.ReplacedBy(contact with { Numbers = [New(PhoneNumber.Parse($"+1604555{i:D4}"), true)] }, s_now);
        }

        contact = contact.ReplacedBy(contact with { Numbers = [] }, s_now);

        Assert.Equal(Contact.MaxFormerNumbers, contact.FormerNumbers.Count);
        Assert.Equal("+16045550054", contact.FormerNumbers[0].Value);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef", false)]
    [InlineData("0123456789abcdef0123456789abcde", false)]
    [InlineData("0123456789abcdef0123456789abcdeg", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_id_is_32_hexadecimal_digits(string? text, bool isId) => Assert.Equal(isId, Contact.IsId(text));

    private static ContactNumber New(PhoneNumber number, bool texting) => new(number, null, texting) { Since = s_now };
}
