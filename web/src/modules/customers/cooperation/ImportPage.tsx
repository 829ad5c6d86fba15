/** Orders, contracts and renewals from a sheet: the same steps as for customers. */
import ImportPage from '../import/ImportPage'

export default function CooperationImport() {
  return <ImportPage subject="cooperation" />
}
