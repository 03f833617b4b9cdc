using Serverless.Contacts;

namespace Serverless.Delivery;

/// <summary>The carrier's own list of who opted out of which sender: a text to them is taken, and reported as failed.</summary>
public interface ISmsOptOutList
{
    /// <summary>Puts a number on the list, or takes it off. Safe to repeat. Never throws for what the carrier does or fails to do.</summary>
    /// <returns>Whether that is settled; false when the carrier is to be told again.</returns>
    Task<bool> SetAsync(PhoneNumber sender, PhoneNumber number, bool optedOut, CancellationToken cancellationToken);
}
