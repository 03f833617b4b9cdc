namespace Serverless.Local.Sms;

/// <summary>What is asked of a send call besides the text.</summary>
public class SmsSendOptions
{
    /// <param name="enableDeliveryReport">Whether a delivery report is pushed for each recipient.</param>
    public SmsSendOptions(bool enableDeliveryReport) => EnableDeliveryReport = enableDeliveryReport;

    /// <summary>Whether a delivery report is pushed for each recipient.</summary>
    public bool EnableDeliveryReport { get; }

    /// <summary>Comes back in each report of the call; <see langword="null"/> sends none.</summary>
    public string? Tag { get; set; }
}
