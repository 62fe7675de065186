using Toe.Linux;
using Toe.QLogic.Devices;

namespace Toe.QLogic.Adapters;

/// <summary>An Ethernet function of one of the families.</summary>
/// <param name="Device">The function.</param>
/// <param name="Product">What its id says.</param>
internal sealed record EthernetFunction(PciDevice Device, QLogicProduct Product);
