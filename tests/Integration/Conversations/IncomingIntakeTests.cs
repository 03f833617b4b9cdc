using System.Text.Json;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Messages;
using Serverless.Tests.Integration.Faults;
using static Serverless.Tests.Integration.Conversations.IncomingWorld;

namespace Serverless.Tests.Integration.Conversations;

public sealed class IncomingIntakeTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private ReportReceiver _receiver = null!;
    private IncomingWorld _world = null!;

    public async Task InitializeAsync()
    {
        _receiver = await ReportReceiver.StartAsync();
        _world = await IncomingWorld.StartAsync(azurite, _receiver);
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Events_are_understood_in_both_schemas_any_casing_and_any_spelling_of_numbers()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        var bare = number.Value[1..];
        object eventGrid = new { id = "1", eventType = "Microsoft.Communication.SMSReceived", data = new { messageId = "1", from = bare, to = "18335550100", message = "one", receivedTimestamp = ManualTime.Start.AddMinutes(-3) } };
        object pascalCase = new { Id = "2", EventType = "microsoft.communication.smsreceived", Data = new { MessageId = "2", From = number.Value, To = "+18335550100", Message = "two", ReceivedTimestamp = ManualTime.Start.AddMinutes(-2) } };
        object cloudEvent = new { specversion = "1.0", id = "3", type = "Microsoft.Communication.SMSReceived", time = ManualTime.Start.AddMinutes(-1), data = new { from = bare[1..], message = "three" } };
        object another = new { id = "4", eventType = "Microsoft.Communication.SMSDeliveryReportReceived", data = new { from = bare, message = "four" } };

        await _world.Intake.ReceiveAsync([JsonSerializer.Serialize(eventGrid), JsonSerializer.Serialize(pascalCase), JsonSerializer.Serialize(cloudEvent), JsonSerializer.Serialize(another), "{", "[]", "null"], default);

        var thread = await _world.ThreadAsync(contact);
        Assert.Equal(["three", "two", "one"], thread.Select(message => message.Text));
        Assert.All(thread, message => Assert.Equal((number, "+18335550100", MessageDirection.Incoming), (message.From, message.To.Value, message.Direction)));
        Assert.Equal(ManualTime.Start.AddMinutes(-2), thread[1].Id.CreatedAt);
    }

    [Fact]
    public async Task The_same_text_twice_also_at_once_is_one_text()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        var text = From(number, "Hello");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _world.Intake.ReceiveAsync(text, default)));

        Assert.Single(outcomes.Distinct());
        Assert.Single(await _world.ThreadAsync(contact));
        Assert.Equal(1, (await _world.Threads.FindAsync(contact.Id, default))!.Unread);
    }

    [Fact]
    public async Task A_text_that_comes_again_after_it_was_read_is_not_new()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        await _world.Intake.ReceiveAsync(From(number, "Hello", "1"), default);
        await _world.Threads.ReadAsync(contact.Id, default);

        await _world.Intake.ReceiveAsync(From(number, "Hello", "1"), default);

        Assert.Equal(0, await _world.Threads.UnreadAsync(default));
    }

    [Fact]
    public async Task A_batch_is_taken_in_the_order_in_which_a_person_wrote()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        _world.Invitations.Invite("first", contact.Id);
        _world.Invitations.Invite("second", contact.Id);

        await _world.Intake.ReceiveAsync([Event("b", number, "N", 2), Event("a", number, "Yes", 1), Event("c", number, "y", 3)], default);

        Assert.Equal("second=True first=False", _world.Invitations.Answers(contact.Id));
        var thread = await _world.ThreadAsync(contact);
        Assert.Equal([null, "first", "second"], thread.Select(message => message.Answers));
        Assert.Equal(1, (await _world.Threads.FindAsync(contact.Id, default))!.Unread);
    }

    [Fact]
    public async Task The_same_answer_twice_answers_one_invitation()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        _world.Invitations.Invite("first", contact.Id);
        _world.Invitations.Invite("second", contact.Id);

        for (var i = 0; i < 2; i++) await _world.Intake.ReceiveAsync(From(number, " y ", "1"), default);

        Assert.Equal("second=True first=open", _world.Invitations.Answers(contact.Id));
    }

    [Fact]
    public async Task An_answer_that_comes_again_says_nothing_to_the_same_event_at_another_time()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        _world.Invitations.Invite("first", contact.Id);
        await _world.Intake.ReceiveAsync(From(number, "Y", "1"), default);
        _world.Invitations.Cancel("first");
        _world.Invitations.Invite("first", contact.Id);

        await _world.Intake.ReceiveAsync(From(number, "Y", "1"), default);

        Assert.Equal("first=open", _world.Invitations.Answers(contact.Id));
    }

    [Fact]
    public async Task A_number_that_several_have_is_that_of_whom_the_organisation_texted_last()
    {
        var number = _world.NewNumber();
        var (mother, child) = (await _world.NewContactAsync(number), await _world.NewContactAsync(number));
        await _world.TextAsync(mother);
        await _world.Intake.ReceiveAsync(From(number, "one", at: ManualTime.Start.AddSeconds(-30)), default);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.TextAsync(child);
        await _world.Intake.ReceiveAsync(From(number, "two", at: _world.Time.GetUtcNow()), default);

        Assert.Equal(["one"], (await _world.ThreadAsync(mother)).Select(message => message.Text));
        Assert.Equal(["two"], (await _world.ThreadAsync(child)).Select(message => message.Text));
    }

    [Fact]
    public async Task A_text_from_the_future_came_now()
    {
        var (contact, number) = await _world.NewTextedContactAsync();

        await _world.Intake.ReceiveAsync(From(number, "Hello", at: ManualTime.Start.AddYears(1)), default);

        Assert.Equal(_world.Time.GetUtcNow(), (await _world.ThreadAsync(contact)).Single().Id.CreatedAt);
    }

    [Fact]
    public async Task Whoever_was_texted_by_number_before_it_was_a_contacts_may_write()
    {
        var number = _world.NewNumber();
        await _world.App.Sender.AcceptAsync(new SendMessage(number, "Hello"), PhoneNumber.Parse("+18335550100"), MessageId.New(number, _world.Time.GetUtcNow()), default);
        var contact = await _world.NewContactAsync(number);

        var outcome = await _world.Intake.ReceiveAsync(From(number, "Hi"), default);

        Assert.NotNull(outcome.MessageId);
        Assert.Equal(1, (await _world.Threads.FindAsync(contact.Id, default))!.Unread);
    }

    [Fact]
    public async Task What_was_left_out_stays_out_also_when_it_comes_again_after_the_contact_was_made()
    {
        var number = _world.NewNumber();
        var text = From(number, "Hello");
        await _world.Intake.ReceiveAsync(text, default);
        var contact = await _world.NewContactAsync(number);
        await _world.TextAsync(contact);

        var outcome = await _world.Intake.ReceiveAsync(text, default);

        Assert.Equal(DropReason.UnknownSender, outcome.Dropped);
        Assert.Equal(new DroppedCounts(1, 0), await _world.App.Get<DroppedTextTable>().CountsAsync(default));
        Assert.Empty(await _world.ThreadAsync(contact));
    }

    [Fact]
    public async Task A_sender_that_is_no_number_of_ours_is_a_stranger()
    {
        await _world.Intake.ReceiveAsync(new IncomingText("1", "+49 170 1234567", null, "STOP", ManualTime.Start), default);
        await _world.Intake.ReceiveAsync(new IncomingText("2", "BANK", null, "Hello", ManualTime.Start), default);

        var dropped = await _world.App.Get<DroppedTextTable>().NewestFirstAsync(null, 10, default).ToListAsync();
        Assert.Equal(["+49 170 1234567", "BANK"], dropped.Select(text => text.From).Order());
    }

    [Fact]
    public async Task A_contact_that_is_deleted_leaves_no_thread_even_when_a_text_of_its_comes_again()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        await _world.Intake.ReceiveAsync(From(number, "Hello", "1"), default);

        await _world.App.Get<ContactEditor>().DeleteAsync(contact.Id, default);
        await _world.Intake.ReceiveAsync(From(number, "Hello", "1"), default);

        Assert.Null(await _world.Threads.FindAsync(contact.Id, default));
        Assert.Equal(0, await _world.Threads.UnreadAsync(default));
    }

    [Fact]
    public async Task A_text_that_no_property_could_hold_is_cut_and_kept()
    {
        var (contact, number) = await _world.NewTextedContactAsync();

        await _world.Intake.ReceiveAsync(From(number, new string('語', 40_000)), default);

        Assert.Equal(8000, (await _world.ThreadAsync(contact)).Single().Text.Length);
    }

    [Fact]
    public async Task A_former_number_leads_to_the_thread_but_only_with_what_was_the_contacts()
    {
        var (contact, number) = await _world.NewTextedContactAsync();
        await _world.Intake.ReceiveAsync(From(number, "from the old number"), default);
        var next = _world.NewNumber();
        var moved = await _world.App.Get<ContactEditor>().ReplaceAsync(contact with { Numbers = [new ContactNumber(next, null, true)] }, default);
        await _world.Intake.ReceiveAsync(From(next, "from the new number"), default);
        var heir = await _world.NewContactAsync(number);
        await _world.TextAsync(heir);
        await _world.Intake.ReceiveAsync(From(number, "from the heir"), default);

        Assert.Equal(["from the new number", "from the old number"], (await _world.ThreadAsync(moved!)).Select(message => message.Text).Order());
        Assert.Equal(["from the heir"], (await _world.ThreadAsync(heir)).Select(message => message.Text));
    }

    private static string Event(string id, PhoneNumber from, string text, int second) => JsonSerializer.Serialize(new
    {
        id,
        eventType = IncomingText.EventType,
        data = new { messageId = id, from = from.Value, to = "18335550100", message = text, receivedTimestamp = ManualTime.Start.AddSeconds(second - 10) },
    });
}
