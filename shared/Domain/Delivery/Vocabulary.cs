namespace Serverless.Delivery;

/// <summary>How one kind of organisation names statuses and reasons. The names change, what they stand for does not.</summary>
public enum Vocabulary
{
    /// <summary>Our own names, used when none is asked for.</summary>
    Standard = 0,

    /// <summary>An office that reminds people of appointments: three statuses, plain reasons.</summary>
    Office = 1,

    /// <summary>Sales: the folders of a mail program, one name for every failure, and no word on delivery.</summary>
    Sales = 2,

    /// <summary>Marketing: the end of each text matters, the way there is <c>Unknown</c>.</summary>
    Marketing = 3,

    /// <summary>A school, which watches a campaign while it runs.</summary>
    School = 4,
}
