/* global graphql -- what relay-compiler reads; nothing runs this file */
export const operations = [
  graphql`
    query operationsQuery($id: ID!) {
      station(id: $id) {
        id
        name
        ...operationsOffers_station
      }
    }
  `,
  graphql`
    fragment operationsOffers_station on Station
    @argumentDefinitions(first: { type: "Int", defaultValue: 1 }, after: { type: "String" })
    @refetchable(queryName: "operationsOffersPage") {
      offers(first: $first, after: $after) @connection(key: "station_offers") {
        edges {
          node {
            id
            title
          }
        }
      }
    }
  `,
  graphql`
    query operationsFacetsQuery {
      stationFacets {
        brands {
          code
          label
        }
      }
    }
  `,
  graphql`
    query operationsDeferredQuery($id: ID!) {
      station(id: $id) {
        id
        ...operationsAddress_station @defer(label: "address")
      }
    }
  `,
  graphql`
    fragment operationsAddress_station on Station {
      address
    }
  `,
  graphql`
    query operationsInvalidPageQuery {
      now
      stations(first: 1000) {
        edges {
          node {
            id
          }
        }
      }
    }
  `,
  graphql`
    mutation operationsCancelMutation($input: CancelOrderInput!) {
      cancelOrder(input: $input) {
        order {
          id
          status
        }
        userErrors {
          code
          message
        }
      }
    }
  `,
  graphql`
    subscription operationsOrderStatusSubscription($orderId: ID!) {
      orderStatus(orderId: $orderId) {
        id
        status
      }
    }
  `,
]
