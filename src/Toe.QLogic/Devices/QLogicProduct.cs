namespace Toe.QLogic.Devices;

/// <summary>What a PCI id says.</summary>
/// <param name="Family">The family.</param>
/// <param name="Name">The name in the driver's table.</param>
/// <param name="Function">What the function is for.</param>
internal sealed record QLogicProduct(QLogicFamily Family, string Name, QLogicFunction Function = QLogicFunction.Ethernet)
{
    /// <summary>True for FastLinQ of 100 Gb/s: two engines side by side (qed calls it CMT).</summary>
    public bool HasTwoEngines { get; init; }
}
