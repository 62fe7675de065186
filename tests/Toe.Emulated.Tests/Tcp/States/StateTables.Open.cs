namespace Toe.Emulated.Tests.Tcp.States;

/// <content>While data flows at least one way.</content>
internal static partial class StateTables
{
    /// <summary>100 bytes in flight. SEND is held back by Nagle.</summary>
    private const string Established = """
        SYN                       | Established | A 100 0        |
        SYN-ACK                   | Established | A 100 0        |
        SYN again                 | Established | A 100 0        |
        ACK                       | Established |                |
        ACK old                   | Established |                |
        ACK older than any window | Established | A 100 0        |
        ACK of data never sent    | Established | A 100 0        |
        data in order             | Established | A 100 10       | ready Receive
        data out of window        | Established | A 100 0        |
        FIN                       | CloseWait   | A 100 1        | ready Receive
        FIN, ACK of all sent      | CloseWait   | A 100 1        | ready Receive
        RST exact                 | Closed      |                | closed ConnectionReset, ready Receive
        RST in window             | Established | A 100 0        |
        RST outside               | Established |                |
        RST, ACK                  | Closed      |                | closed ConnectionReset, ready Receive
        URG                       | Established | A 100 10       | ready Receive
        no ACK bit                | Established |                |
        bad checksum              | Established |                |
        OPEN                      | Established |                | AddressAlreadyInUse
        SEND                      | Established |                | Done
        RECEIVE                   | Established |                | WouldBlock
        CLOSE                     | FinWait1    | FA 100 0       |
        ABORT                     | Closed      | RA 100 0       |
        STATUS                    | Established |                | Established
        user time-out             | Closed      | *              | closed TimedOut, ready Receive
        retransmission time-out   | Established | A 0 0 +100     |
        2 MSL                     | Established | *              |
        """;

    /// <summary>Only the FIN in flight.</summary>
    private const string FinWait1 = """
        SYN                       | FinWait1    | A 1 0          |
        SYN-ACK                   | FinWait1    | A 1 0          |
        SYN again                 | FinWait1    | A 1 0          |
        ACK                       | FinWait2    |                |
        ACK old                   | FinWait1    |                |
        ACK older than any window | FinWait1    | A 1 0          |
        ACK of data never sent    | FinWait1    | A 1 0          |
        data in order             | FinWait1    | A 1 10         | ready Receive
        data out of window        | FinWait1    | A 1 0          |
        FIN                       | Closing     | A 1 1          | ready Receive
        FIN, ACK of all sent      | TimeWait    | A 1 1          | ready Receive, closed Success
        RST exact                 | Closed      |                | closed ConnectionReset, ready Receive
        RST in window             | FinWait1    | A 1 0          |
        RST outside               | FinWait1    |                |
        RST, ACK                  | Closed      |                | closed ConnectionReset, ready Receive
        URG                       | FinWait1    | A 1 10         | ready Receive
        no ACK bit                | FinWait1    |                |
        bad checksum              | FinWait1    |                |
        OPEN                      | FinWait1    |                | AddressAlreadyInUse
        SEND                      | FinWait1    |                | Failed
        RECEIVE                   | FinWait1    |                | WouldBlock
        CLOSE                     | FinWait1    |                |
        ABORT                     | Closed      | RA 1 0         |
        STATUS                    | FinWait1    |                | FinWait1
        user time-out             | Closed      | *              | closed TimedOut, ready Receive
        retransmission time-out   | FinWait1    | FA 0 0         |
        2 MSL                     | FinWait1    | *              |
        """;

    /// <summary>No user time-out: nothing is outstanding, and the application still reads.</summary>
    private const string FinWait2 = """
        SYN                       | FinWait2    | A 1 0          |
        SYN-ACK                   | FinWait2    | A 1 0          |
        SYN again                 | FinWait2    | A 1 0          |
        ACK                       | FinWait2    |                |
        ACK old                   | FinWait2    |                |
        ACK older than any window | FinWait2    | A 1 0          |
        ACK of data never sent    | FinWait2    | A 1 0          |
        data in order             | FinWait2    | A 1 10         | ready Receive
        data out of window        | FinWait2    | A 1 0          |
        FIN                       | TimeWait    | A 1 1          | ready Receive, closed Success
        FIN, ACK of all sent      | TimeWait    | A 1 1          | ready Receive, closed Success
        RST exact                 | Closed      |                | closed ConnectionReset, ready Receive
        RST in window             | FinWait2    | A 1 0          |
        RST outside               | FinWait2    |                |
        RST, ACK                  | Closed      |                | closed ConnectionReset, ready Receive
        URG                       | FinWait2    | A 1 10         | ready Receive
        no ACK bit                | FinWait2    |                |
        bad checksum              | FinWait2    |                |
        OPEN                      | FinWait2    |                | AddressAlreadyInUse
        SEND                      | FinWait2    |                | Failed
        RECEIVE                   | FinWait2    |                | WouldBlock
        CLOSE                     | FinWait2    |                |
        ABORT                     | Closed      | RA 1 0         |
        STATUS                    | FinWait2    |                | FinWait2
        user time-out             | FinWait2    |                |
        retransmission time-out   | FinWait2    |                |
        2 MSL                     | FinWait2    | *              |
        """;

    /// <summary>100 bytes in flight. SEND is held back by Nagle.</summary>
    private const string CloseWait = """
        SYN                       | CloseWait   | A 100 1        |
        SYN-ACK                   | CloseWait   | A 100 1        |
        SYN again                 | CloseWait   | A 100 1        |
        ACK                       | CloseWait   |                |
        ACK old                   | CloseWait   |                |
        ACK older than any window | CloseWait   | A 100 1        |
        ACK of data never sent    | CloseWait   | A 100 1        |
        data in order             | CloseWait   |                |
        data out of window        | CloseWait   | A 100 1        |
        FIN                       | CloseWait   | A 100 1        |
        FIN, ACK of all sent      | CloseWait   | A 100 1        |
        RST exact                 | Closed      |                | closed ConnectionReset
        RST in window             | CloseWait   | A 100 1        |
        RST outside               | CloseWait   |                |
        RST, ACK                  | Closed      |                | closed ConnectionReset
        URG                       | CloseWait   |                |
        no ACK bit                | CloseWait   |                |
        bad checksum              | CloseWait   |                |
        OPEN                      | CloseWait   |                | AddressAlreadyInUse
        SEND                      | CloseWait   |                | Done
        RECEIVE                   | CloseWait   |                | EndOfStream
        CLOSE                     | LastAck     | FA 100 1       |
        ABORT                     | Closed      | RA 100 1       |
        STATUS                    | CloseWait   |                | CloseWait
        user time-out             | Closed      | *              | closed TimedOut
        retransmission time-out   | CloseWait   | A 0 1 +100     |
        2 MSL                     | CloseWait   | *              |
        """;
}
