using Serverless.Contacts;
using Serverless.Http;

namespace Serverless.Tests.Unit.Contacts;

public class ContactRequestTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string Other = "00000000000000000000000000000001";
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void All_that_is_asked_for_is_in_the_contact()
    {
        var contact = Read(new ContactRequest(" Ann ", [Number("604 555 0100", " home "), Number("(604) 555-0101", texting: true)], "America/Toronto", [Other, Other]));

        Assert.Equal((Id, "Ann", "America/Toronto"), (contact.Id, contact.Name, contact.TimeZone));
        Assert.Equal([("+16045550100", "home", false), ("+16045550101", null, true)], contact.Numbers.Select(number => (number.Number.Value, number.Name, number.Texting)));
        Assert.Equal([Other], contact.RelatedTo);
        Assert.Equal("+16045550101", contact.TextingNumber?.Value);
    }

    [Fact]
    public void A_name_is_enough() => Assert.Empty(Read(new ContactRequest("Ann")).Numbers);

    [Fact]
    public void A_lone_number_is_the_texting_one() => Assert.Equal("+16045550100", Read(new ContactRequest("Ann", [Number("6045550100")])).TextingNumber?.Value);

    [Fact]
    public void S0_13_Of_two_flags_the_second_is_one_too_many() =>
        Assert.Equal(["numbers[1].texting two_texting_numbers"], Errors(new ContactRequest("Ann", [Number("6045550100", texting: true), Number("6045550101", texting: true)])));

    [Fact]
    public void Without_a_flag_nobody_knows_which_of_several_numbers_is_meant()
    {
        Assert.Equal(["numbers no_texting_number"], Errors(new ContactRequest("Ann", [Number("6045550100"), Number("6045550101", texting: false)])));
        Assert.Equal(["numbers no_texting_number"], Errors(new ContactRequest("Ann", [Number("6045550100", texting: false)])));
    }

    [Theory]
    [InlineData("+1 604 123", "invalid_number")]
    [InlineData("+1 111 555 0100", "invalid_number")]
    [InlineData("+44 7911 123456", "unsupported_country")]
    [InlineData("+1 876 555 0100", "unsupported_country")]
    [InlineData(" ", "missing_field")]
    [InlineData(null, "missing_field")]
    public void S0_14_A_number_that_cannot_be_texted_is_named_by_its_place(string? number, string code) =>
        Assert.Equal([$"numbers[1].number {code}"], Errors(new ContactRequest("Ann", [Number("6045550100", texting: true), Number(number)])));

    [Fact]
    public void Null_in_the_place_of_a_number_lacks_the_number() =>
        Assert.Equal(["numbers[0].number missing_field", "numbers[1].number missing_field", "numbers no_texting_number"], Errors(new ContactRequest("Ann", [null, new ContactNumberRequest()])));

    [Fact]
    public void The_same_number_in_another_spelling_is_the_same() =>
        Assert.Equal(["numbers[1].number duplicate_number"], Errors(new ContactRequest("Ann", [Number("6045550100", texting: true), Number("+1 (604) 555-0100")])));

    [Fact]
    public void There_is_an_end_to_numbers_and_to_related_contacts()
    {
        Assert.Equal(["numbers too_many_numbers"], Errors(new ContactRequest("Ann", [.. Enumerable.Range(0, 21).Select(i => Number($"60455501{i:D2}", texting: i == 0))])));
        Assert.Equal(20, Read(new ContactRequest("Ann", [.. Enumerable.Range(0, 20).Select(i => Number($"60455501{i:D2}", texting: i == 0))])).Numbers.Count);
        Assert.Equal(["relatedTo too_many_related"], Errors(new ContactRequest("Ann", RelatedTo: [.. Enumerable.Range(0, 51).Select(i => $"{i:x32}")])));
    }

    [Theory]
    [InlineData(null, "missing_field")]
    [InlineData(" ", "missing_field")]
    [InlineData("a\nb", "control_character")]
    [InlineData("a\u202Eb", "control_character")]
    public void A_name_is_one_line_of_plain_characters(string? name, string code) => Assert.Equal([$"name {code}"], Errors(new ContactRequest(name)));

    [Fact]
    public void An_overlong_name_is_refused_of_a_contact_and_of_a_number()
    {
        Assert.Empty(Errors(new ContactRequest(new string('a', 200), [Number("6045550100", new string('a', 100))])));
        Assert.Equal(
            ["name name_too_long", "numbers[0].name name_too_long"],
            Errors(new ContactRequest(new string('a', 201), [Number("6045550100", new string('a', 101))])));
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("EST")]
    [InlineData("")]
    public void A_zone_has_to_be_one_of_IANA(string zone) => Assert.Equal(["timeZone unknown_time_zone"], Errors(new ContactRequest("Ann", TimeZone: zone)));

    [Fact]
    public void A_contact_is_related_to_others_only() => Assert.Equal(
        ["relatedTo[1] related_to_itself", "relatedTo[2] contact_not_found", "relatedTo[3] contact_not_found"],
        Errors(new ContactRequest("Ann", RelatedTo: [Other, Id, "somebody", null])));

    private static ContactNumberRequest Number(string? number, string? name = null, bool? texting = null) => new(number, name, texting);

    private static Contact Read(ContactRequest request)
    {
        var errors = new List<FieldError>();
        var contact = request.ToContact(Id, s_now, errors);
        Assert.Empty(errors);
        return contact;
    }

    private static List<string> Errors(ContactRequest request)
    {
        var errors = new List<FieldError>();
        request.ToContact(Id, s_now, errors);
        return [.. errors.Select(error => $"{error.Field} {error.Code}")];
    }
}
